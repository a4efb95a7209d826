using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VisionCluster.Contracts.Errors;
using VisionCluster.Gateway.Tests.Admission;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Imaging.Isolation;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Imaging;

/// <summary>Real decoder processes of a real server, which are killed, stopped and overfed.</summary>
public sealed class IsolatedImageCodecTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private VisionTestServer? _server;

    private HttpClient Http => _server!.Http;

    private IsolatedImageCodec Codec => (IsolatedImageCodec)_server!.Services.GetRequiredService<IImageCodec>();

    public async Task InitializeAsync() => _server = await VisionTestServer.StartAsync(
        null, "Vision:Models:Load:0=starter-sam", "Vision:Decoder:Processes=1", $"Vision:Decoder:MemoryBytes={320 << 20}", "Vision:Images:DecodeTimeout=00:00:30");

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    [Fact]
    public void Decode_EveryFormat_GivesThePixelsOfTheServersOwnDecoder()
    {
        var own = new VipsImageCodec(new ImageLimits());
        byte[][] pictures =
            [TestPictures.Jpeg(80, 60), TestPictures.Png(31, 7), TestPictures.Bmp(20, 20), TestPictures.Gif(2), .. TestPictures.OtherFormats(50, 40)];
        foreach (var picture in pictures)
        {
            Assert.Equal(own.ReadHeader(picture), Codec.ReadHeader(picture));
            Assert.Equal(own.Decode(picture, default).Pixels.ToArray(), Codec.Decode(picture, default).Pixels.ToArray());
        }

        Assert.Single(Codec.IdleProcesses);
    }

    [Theory]
    [InlineData("no picture at all")]
    [InlineData("")]
    public void Decode_NoPicture_IsRefusedByAProcessThatGoesOn(string text)
    {
        Warm();
        var process = Codec.IdleProcesses;
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);
        var expected = Assert.Throws<VisionException>(() => new VipsImageCodec(new ImageLimits()).Decode(bytes, default));
        var error = Assert.Throws<VisionException>(() => Codec.Decode(bytes, default));
        Assert.Equal((expected.Code, expected.Message), (error.Code, error.Message));
        Assert.Equal(process, Codec.IdleProcesses);
    }

    [Fact]
    public async Task Upload_ProcessKilledWithAPicture_FailsThatOneAndTheNextIsTaken()
    {
        Warm();
        var process = Codec.IdleProcesses.Single();
        await SignalAsync("STOP", process);
        var upload = Http.UploadAsync(TestPictures.Jpeg(60, 40), "image/jpeg");
        await Eventually.TrueAsync(() => Task.FromResult(Codec.IdleProcesses.Count == 0), Limit, "the process has the picture");
        await SignalAsync("KILL", process);
        await upload.ExpectProblemAsync(HttpStatusCode.ServiceUnavailable, "DeviceFailed");
        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync("/health/ready")).StatusCode);
        await Http.UploadAsync(TestPictures.Jpeg(60, 40), "image/jpeg").ExpectAsync(HttpStatusCode.Created);
        Assert.NotEqual(process, Codec.IdleProcesses.Single());
    }

    [Fact]
    public async Task Decode_ProcessThatHangs_IsGivenUpInTimeAndReplaced()
    {
        var (time, limits) = (new FakeTimeProvider(), new ImageLimits());
        using var codec = new IsolatedImageCodec(
            limits, new DecoderOptions { Processes = 1 }, _server!.Services.GetRequiredService<DecoderCommand>(), time, NullLogger<IsolatedImageCodec>.Instance);
        codec.Decode(TestPictures.Png(3, 3), default);
        var process = codec.IdleProcesses.Single();
        await SignalAsync("STOP", process);
        var hanging = Task.Run(() => codec.Decode(TestPictures.Jpeg(61, 40), default));
        await Eventually.TrueAsync(() => Task.FromResult(codec.IdleProcesses.Count == 0), Limit, "the process has the picture");
        Assert.False(hanging.IsCompleted);
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(limits.DecodeTimeout);
                return Task.FromResult(hanging.IsCompleted);
            },
            Limit,
            "it is given up");
        Assert.Equal(VisionErrorCode.DeadlineExceeded, (await Assert.ThrowsAsync<VisionException>(() => hanging)).Code);
        Assert.Equal(61, codec.Decode(TestPictures.Jpeg(61, 40), default).Width);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(process));
    }

    /// <summary>Within every limit of pictures, but not of the process: 8,000 squared are 192 MB, twice while they are decoded.</summary>
    [Fact]
    public async Task Upload_MoreThanTheProcesssMemory_FailsThatOneAndTheNextIsTaken()
    {
        using var large = NetVips.Image.Black(8_000, 7_000, 3);
        var bomb = large.PngsaveBuffer(compression: 1);
        var status = (await Http.UploadAsync(bomb)).StatusCode;
        Assert.True(status is HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity, status.ToString());
        await Http.UploadAsync(TestPictures.Jpeg(62, 40), "image/jpeg").ExpectAsync(HttpStatusCode.Created);
        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public void Decode_SecretsOfTheServer_AreNotInTheProcesssEnvironment()
    {
        Environment.SetEnvironmentVariable("VISION_SECRET_OF_A_TEST", "1");
        try
        {
            Warm();
            Assert.DoesNotContain("VISION_SECRET", File.ReadAllText($"/proc/{Codec.IdleProcesses.Single()}/environ"), StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("VISION_SECRET_OF_A_TEST", null);
        }
    }

    private static async Task SignalAsync(string signal, int process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    private void Warm() => Codec.Decode(TestPictures.Png(3, 3), default);
}
