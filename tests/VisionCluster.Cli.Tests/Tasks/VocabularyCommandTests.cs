using System.Text.Json;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Cli.Tests.Tasks;

public sealed class VocabularyCommandTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static string Dog => Path.Combine(AppContext.BaseDirectory, "samples", "held-twemoji-1.png");

    [Fact]
    public async Task LabelSets_PutUseDelete_GoTheWholeWay()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["labels.txt"], "dog face\n\npizza \n");
        var put = await RunAsync("label-sets", "put", "things", "--file", folder["labels.txt"], "-l", "guitar", "--templates", "imagenet7");
        Assert.Equal((ExitCodes.Success, ""), (put.Code, put.Errors));
        var set = JsonDocument.Parse((await RunAsync("label-sets", "get", "things")).Output).RootElement;
        Assert.Equal(["guitar", "dog face", "pizza"], set.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
        var classified = await RunAsync("classify", Dog, "--label-set", "things", "--json");
        Assert.Equal(3, JsonDocument.Parse(classified.Output).RootElement.GetProperty("response").GetProperty("results").GetArrayLength());
        var detected = await RunAsync("detect", Dog, "--label-set", "things", "--nms", "soft", "--max-proposals", "20", "--region-encoder", "roi");
        Assert.Equal((ExitCodes.Success, ""), (detected.Code, detected.Errors));
        Assert.Equal(ExitCodes.Success, (await RunAsync("label-sets", "delete", "things")).Code);
        Assert.Contains("LabelSetNotFound", (await RunAsync("label-sets", "get", "things")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embed_TextsAndAnImage_PrintsAnEmbeddingEach()
    {
        var run = await RunAsync("embed", "--text", "a dog", "-t", "a cat", "--image", Dog);
        Assert.Equal((ExitCodes.Success, ""), (run.Code, run.Errors));
        Assert.Equal(3, JsonDocument.Parse(run.Output).RootElement.GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task Search_ByFile_FindsTheImageThatWasClassified()
    {
        await RunAsync("classify", Dog, "-l", "pizza");
        var run = await RunAsync("search", "--image", Dog, "--json");
        Assert.Equal((ExitCodes.Success, ""), (run.Code, run.Errors));
        Assert.Equal(1, JsonDocument.Parse(run.Output).RootElement.GetProperty("results")[0].GetProperty("score").GetDouble(), 1e-4);
    }

    [Theory]
    [InlineData("classify", "a.png")]
    [InlineData("classify", "a.png", "-l", "x", "--label-set", "y")]
    [InlineData("embed")]
    [InlineData("search")]
    [InlineData("search", "--text", "a", "--image", "b")]
    public async Task Usage_WhatIsMissingOrTooMuch_IsWrongUsage(params string[] args) =>
        Assert.Equal(ExitCodes.Usage, (await CliRun.StartAsync(args)).Code);

    private Task<CliRun> RunAsync(params string[] args) => CliRun.StartAsync([.. args, "--url", shared.Server.Url.ToString()]);
}
