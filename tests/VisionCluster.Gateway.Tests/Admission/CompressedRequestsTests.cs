using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;
using Xunit.Abstractions;

namespace VisionCluster.Gateway.Tests.Admission;

[Collection(Undisturbed.Name)]
public sealed class CompressedRequestsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private VisionTestServer? _server;

    private HttpClient Http => _server!.Http;

    public async Task InitializeAsync() => _server = await VisionTestServer.StartAsync(null, "Vision:Models:Load:0=starter-sam");

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task AnyCall_CompressedBody_IsAnsweredAsThePlainOne(string encoding)
    {
        var id = await Http.UploadSampleAsync();
        var image = await SendAsync("/v1/images", encoding, Pack(encoding, Sample.Load("held-twemoji-1").Bytes)).ExpectAsync(HttpStatusCode.OK);
        Assert.Equal(id, image.GetProperty("id").GetString());
        var click = Encoding.UTF8.GetBytes($$"""{"prompts":[{"points":[{"x":150,"y":200}]}]{{new string(' ', 100_000)}}}""");
        await SendAsync($"/v1/images/{id}/segment", encoding, Pack(encoding, click), "application/json").ExpectAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task AnyCall_BrokenOrNestedOrUnknownEncoding_IsRefused()
    {
        var packed = Pack("gzip", Sample.Load("noto-1").Bytes);
        await SendAsync("/v1/images", "gzip", packed[..(packed.Length / 2)]).ExpectRefusalAsync(output, "cut off");
        await SendAsync("/v1/images", "gzip", Sample.Load("noto-1").Bytes).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
        await SendAsync("/v1/images", "gzip, gzip", Pack("gzip", packed)).ExpectProblemAsync(HttpStatusCode.UnsupportedMediaType, "UnsupportedImage");
        await SendAsync("/v1/images", "gzip", Pack("gzip", packed)).ExpectProblemAsync(HttpStatusCode.UnsupportedMediaType, "UnsupportedImage");
        await SendAsync("/v1/images", "zstd", packed).ExpectProblemAsync(HttpStatusCode.UnsupportedMediaType, "UnsupportedImage");
    }

    [Fact]
    public async Task AnyCall_Bombs_AreRefusedAtOnceWithoutTheirMemory()
    {
        var id = await Http.UploadSampleAsync();
        var blanks = new byte[100_000_000];

        // Which JSON may begin with.
        blanks.AsSpan().Fill((byte)' ');
        foreach (var encoding in new[] { "gzip", "br", "deflate" })
        {
            var bomb = Pack(encoding, blanks);
            foreach (var path in new[] { "/v1/images", $"/v1/images/{id}/segment", "/v1/images:batch", "/v1/embeddings" })
            {
                var (before, started) = (PeakOf(), Stopwatch.GetTimestamp());
                var status = await SendAsync(path, encoding, bomb, "application/json").ExpectRefusalAsync(output, $"{encoding} to {path}");
                status = path == "/v1/images"
                    ? await SendAsync(path, encoding, bomb, "image/png").ExpectRefusalAsync(output, $"{encoding} as picture")
                    : status;
                var (took, grown) = (Stopwatch.GetElapsedTime(started), PeakOf() - before);
                output.WriteLine($"{bomb.Length} bytes of {encoding} to {path}: {status} after {took.TotalMilliseconds:0} ms, {grown >> 20} MiB more at the peak");
                Assert.InRange(grown, 0, 64L << 20);
            }
        }

        await Http.GetAsync("/v1/models").ExpectAsync(HttpStatusCode.OK);
    }

    /// <summary>Within the ratio, but more than the endpoint reads.</summary>
    [Fact]
    public async Task AnyCall_InflatesBeyondTheLimit_IsTooLarge()
    {
        var half = new byte[40 << 20];
        new Random(3).NextBytes(half.AsSpan(0, 4 << 20));
        await SendAsync("/v1/images", "gzip", Pack("gzip", half)).ExpectProblemAsync(HttpStatusCode.RequestEntityTooLarge, "ImageTooLarge");
    }

    private static byte[] Pack(string encoding, byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
        })
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    private static long PeakOf()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string encoding, byte[] bytes, string type = "image/png")
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new(type);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return await Http.PostAsync(new Uri(path, UriKind.Relative), content);
    }
}
