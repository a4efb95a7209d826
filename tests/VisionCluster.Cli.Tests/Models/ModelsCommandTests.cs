using System.Text.Json;

namespace VisionCluster.Cli.Tests.Models;

public sealed class ModelsCommandTests
{
    private static string Starters => Path.Combine(AppContext.BaseDirectory, "models");

    [Fact]
    public async Task Verify_StarterModels_Passes()
    {
        var run = await CliRun.StartAsync(["models", "verify"]);

        Assert.Equal((ExitCodes.Success, ""), (run.Code, run.Errors));
        Assert.Matches("starter-clip .* passed", run.Output);
        Assert.Matches("starter-sam .* passed", run.Output);
    }

    [Fact]
    public async Task Verify_ModelThatWasChanged_Fails()
    {
        using var folder = new TemporaryFolder();
        var copy = Directory.CreateDirectory(folder["changed"]);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Starters, "starter-sam")))
        {
            File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
        }

        using (var graph = File.OpenWrite(Directory.EnumerateFiles(copy.FullName, "*decoder.onnx").Single()))
        {
            graph.Seek(-1, SeekOrigin.End);
            graph.WriteByte(0xA5);
        }

        var run = await CliRun.StartAsync(["models", "verify", folder.Path]);

        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains("SHA-256", run.Errors, StringComparison.Ordinal);
        Assert.Matches("starter-sam .* failed", run.Output);
    }

    [Fact]
    public async Task Verify_FolderWithoutModels_Fails()
    {
        using var folder = new TemporaryFolder();

        Assert.Equal(ExitCodes.Failure, (await CliRun.StartAsync(["models", "verify", folder.Path])).Code);
    }

    [Fact]
    public async Task Eval_AFewScenes_GivesTheFiguresOfTheModelCards()
    {
        var run = await CliRun.StartAsync(["models", "eval", "--scenes", "4", "--json"]);

        Assert.Equal(ExitCodes.Success, run.Code);
        using var json = JsonDocument.Parse(run.Output);
        var figures = json.RootElement.EnumerateArray()
            .ToDictionary(figure => figure.GetProperty("name").GetString()!, figure => figure.GetProperty("value").GetDouble());
        Assert.All(figures.Values, value => Assert.InRange(value, 0, 1));
        Assert.True(figures["one click, mIoU of the best of three"] >= figures["one click, mIoU of the mask scored best"]);
        Assert.InRange(figures["box, mIoU of the mask scored best"], 0.5, 1);
        Assert.InRange(figures["top-1 among the vocabulary, square crop"], 0.3, 1);
    }

    [Fact]
    public async Task Eval_NoScenes_IsWrongUsage() =>
        Assert.Equal(ExitCodes.Usage, (await CliRun.StartAsync(["models", "eval", "--scenes", "0"])).Code);
}
