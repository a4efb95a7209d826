using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using VisionCluster.TestKit.ReferenceData;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Endpoints;

[Collection(GatewayServer.Name)]
public sealed class ImageEmbeddingEndpointTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task GetEmbedding_Sam_IsANpyFileOfTheEncodersShape()
    {
        var id = await _http.UploadSampleAsync();

        using var response = await _http.GetAsync($"/v1/images/{id}/embeddings/sam");

        var file = Read(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("f4", file.Type);
        Assert.Equal(4, file.Shape.Count);
        Assert.Equal(1, file.Shape[0]);
        Assert.Equal(file.Shape.Aggregate(1, (a, b) => a * b), file.Floats().Length);
        Assert.Contains(file.Floats(), value => value != 0);
        Assert.Equal(response.Content.Headers.ContentLength, (await response.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task GetEmbedding_Clip_HasLengthOne()
    {
        var id = await _http.UploadSampleAsync();

        var file = Read(await _http.GetByteArrayAsync($"/v1/images/{id}/embeddings/clip"));

        Assert.Equal(1, file.Floats().Sum(value => value * value), 1e-4f);
    }

    [Fact]
    public async Task GetEmbedding_WithGzip_IsTheSameFile()
    {
        var id = await _http.UploadSampleAsync();
        var plain = await _http.GetByteArrayAsync($"/v1/images/{id}/embeddings/sam");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/images/{id}/embeddings/sam");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));

        using var response = await _http.SendAsync(request);

        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        await using var unzipped = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        await unzipped.CopyToAsync(bytes);
        Assert.Equal(plain, bytes.ToArray());
    }

    [Fact]
    public async Task GetEmbedding_KnownTag_Answers304WithoutTheFile()
    {
        var id = await _http.UploadSampleAsync();
        using var first = await _http.GetAsync($"/v1/images/{id}/embeddings/clip");
        using var other = await _http.GetAsync($"/v1/images/{id}/embeddings/sam");
        Assert.NotEqual(first.Headers.ETag, other.Headers.ETag);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/images/{id}/embeddings/clip");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var again = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(first.Headers.ETag, again.Headers.ETag);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task GetEmbedding_UnknownKindOrImage_IsAProblem()
    {
        var id = await _http.UploadSampleAsync();

        await _http.GetAsync($"/v1/images/{id}/embeddings/dino").ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
        await _http.GetAsync($"/v1/images/{id}/embeddings/sam,clip").ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
        await _http.GetAsync($"/v1/images/{new string('0', 32)}/embeddings/sam").ExpectProblemAsync(HttpStatusCode.NotFound, "ImageNotFound");
    }

    private static NpyFile Read(byte[] bytes)
    {
        Assert.Equal(0, (10 + bytes[8] + (bytes[9] << 8)) % 64);
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, bytes);
            return NpyFile.Read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
