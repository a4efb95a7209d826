using System.Text.Json;
using VisionCluster.Cli.Tests.Demo;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Cli.Tests.Tasks;

public sealed class TaskCommandTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static string Samples => Path.Combine(AppContext.BaseDirectory, "samples");

    private static string Dog => Path.Combine(Samples, "held-twemoji-1.png");

    [Fact]
    public async Task Segment_ClickAsJson_GivesTheBestMaskAndAPicture()
    {
        using var folder = new TemporaryFolder();

        var run = await RunAsync("segment", Dog, "--point", "528,90", "--json", "--output", folder.Path);

        Assert.Equal((ExitCodes.Success, ""), (run.Code, run.Errors));
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(Dog, json.RootElement.GetProperty("file").GetString());
        var masks = json.RootElement.GetProperty("response").GetProperty("results")[0].GetProperty("masks");
        Assert.Equal(1, masks.GetArrayLength());
        Assert.InRange(masks[0].GetProperty("area").GetInt32(), 8_000, 10_500);
        Assert.Equal((640, 480), DemoOutput.PngSize(await File.ReadAllBytesAsync(folder["held-twemoji-1.segment.png"])));
    }

    [Fact]
    public async Task Segment_AllOfABoxAndAPoint_AreTwoPromptsOfThreeMasks()
    {
        var run = await RunAsync("segment", Dog, "--box", "48,92,258,299", "--point", "430,360", "--point", "10,10,0", "--all", "--json");

        using var json = JsonDocument.Parse(run.Output);
        var results = json.RootElement.GetProperty("response").GetProperty("results");
        Assert.Equal([3, 3], results.EnumerateArray().Select(result => result.GetProperty("masks").GetArrayLength()));
    }

    [Fact]
    public async Task Everything_SmallGrid_ListsMasksAndDrawsThem()
    {
        using var folder = new TemporaryFolder();

        var run = await RunAsync(
            "everything", Dog, "--points-per-side", "6", "--pred-iou-thresh", "0.6", "--stability-score-thresh", "0.7", "--json", "-o",
            folder.Path);

        Assert.Equal((ExitCodes.Success, ""), (run.Code, run.Errors));
        using var json = JsonDocument.Parse(run.Output);
        Assert.True(json.RootElement.GetProperty("response").GetProperty("masks").GetArrayLength() > 1);
        Assert.Equal((640, 480), DemoOutput.PngSize(await File.ReadAllBytesAsync(folder["held-twemoji-1.everything.png"])));
    }

    [Fact]
    public async Task Classify_Glob_PrintsARowForEachLabelOfEachImage()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["inner"]);
        File.Copy(Dog, folder["one.png"]);
        File.Copy(Path.Combine(Samples, "noto-1.png"), Path.Combine(folder["inner"], "two.png"));

        var run = await RunAsync("classify", folder["**/*.png"], "-l", "dog face", "pizza", "--top", "1");

        Assert.Equal((ExitCodes.Success, ""), (run.Code, run.Errors));
        Assert.Single(run.Output.Split('\n'), line => line.Contains("one.png", StringComparison.Ordinal));
        Assert.Single(run.Output.Split('\n'), line => line.Contains("two.png", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Detect_BoxesAndMasks_NamesAndDrawsThem()
    {
        using var folder = new TemporaryFolder();

        var run = await RunAsync(
            "detect", Dog, "-l", "dog face", "-l", "pizza", "-b", "48,92,258,299", "-b", "474,47,592,191", "--masks", "-o", folder.Path);

        Assert.Equal((ExitCodes.Success, ""), (run.Code, run.Errors));
        Assert.Contains("48,92,258,299", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["held-twemoji-1.detect.png"]));
    }

    [Fact]
    public async Task ModelsList_Json_NamesTheStarterModels()
    {
        var run = await RunAsync("models", "list", "--json");

        using var json = JsonDocument.Parse(run.Output);
        Assert.Contains("starter-sam", json.RootElement.EnumerateArray().Select(model => model.GetProperty("name").GetString()));
        Assert.Contains("starter-clip", (await RunAsync("models", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tasks_WhatTheServerRefuses_IsOneLineOnStandardError()
    {
        var run = await RunAsync("segment", Dog, "--point", "9999,190");

        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains("(InvalidRequest)", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("no-such-file.png")]
    [InlineData("no-such-*.png")]
    public async Task Tasks_FilesThatAreNotThere_Fail(string file)
    {
        var run = await RunAsync("classify", file, "--label", "a");

        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains(file, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tasks_NoServer_Fail()
    {
        var run = await CliRun.StartAsync(["models", "list", "--url", "http://127.0.0.1:1"]);

        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains("cannot be reached", run.Errors, StringComparison.Ordinal);
    }

    private Task<CliRun> RunAsync(params string[] args) =>
        CliRun.StartAsync([.. args, "--url", shared.Server.Url.ToString()]);
}
