using System.Text.Json;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Cli.Tests.Commands;

/// <summary>The real program between pipes.</summary>
public sealed class StandardStreamsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G'];

    private static string Sample => Path.Combine(AppContext.BaseDirectory, "samples", "held-twemoji-1.png");

    [Fact]
    public async Task Segment_ImageOnStandardInput_AnswersAsForAFile()
    {
        var piped = await RunAsync(await File.ReadAllBytesAsync(Sample), "segment", "-", "--point", "150,200", "--json");
        var filed = await RunAsync([], "segment", Sample, "--point", "150,200", "--json");

        var (first, second) = (JsonDocument.Parse(piped).RootElement, JsonDocument.Parse(filed).RootElement);
        Assert.Equal("-", first.GetProperty("file").GetString());
        Assert.Equal(second.GetProperty("imageId").GetString(), first.GetProperty("imageId").GetString());
        Assert.Equal(Scores(second), Scores(first));
    }

    [Fact]
    public async Task Segment_OutputToStandardOutput_IsThePictureAndNothingElse()
    {
        var picture = await RunAsync([], "segment", Sample, "--point", "150,200", "--output", "-");

        Assert.Equal(Png, picture[..4]);
        Assert.Equal("IEND"u8.ToArray(), picture[^8..^4]);
    }

    [Fact]
    public async Task Segment_TwoPicturesToStandardOutput_IsRefused()
    {
        var second = Path.Combine(AppContext.BaseDirectory, "samples", "noto-1.png");

        var run = await CliRun.StartAsync(["segment", Sample, second, "--point", "10,10", "--output", "-", "--url", shared.Server.Url.ToString()]);

        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains("takes one picture", run.Errors, StringComparison.Ordinal);
    }

    private static double[] Scores(JsonElement line) =>
        [.. line.GetProperty("response").GetProperty("results")[0].GetProperty("masks").EnumerateArray().Select(mask => mask.GetProperty("score").GetDouble())];

    private Task<byte[]> RunAsync(byte[] input, params string[] args) =>
        CliProcess.RunAsync(input, [.. args, "--url", shared.Server.Url.ToString()]);
}
