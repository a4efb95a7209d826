using System.Text.Json;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Cli.Tests.Bench;

public sealed class BenchCommandTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static string Dog => Path.Combine(AppContext.BaseDirectory, "samples", "held-twemoji-1.png");

    [Theory]
    [InlineData("click", "closed", "-c", "2")]
    [InlineData("classify", "closed")]
    [InlineData("detect", "open", "--rate", "20")]
    public async Task Bench_OneOperation_TellsLatencyAndStages(string scenario, string loop, params string[] more)
    {
        var report = await JsonAsync(["-s", scenario, "-d", "0.8", "-w", "0.1", .. more]);

        Assert.Equal(loop, report.GetProperty("loop").GetString());
        var row = Assert.Single(report.GetProperty("operations").EnumerateArray().ToArray());
        Assert.Equal(scenario, row.GetProperty("operation").GetString());
        Assert.True(row.GetProperty("succeeded").GetInt64() > 0);
        Assert.Empty(row.GetProperty("failed").EnumerateObject());
        Assert.InRange(row.GetProperty("latency").GetProperty("p50").GetDouble(), 0.01, row.GetProperty("latency").GetProperty("max").GetDouble());
        // Labels are compared with an embedding that is there: no model runs.
        Assert.Equal(scenario != "classify", row.GetProperty("stages").GetProperty("inference").GetDouble() > 0);
    }

    [Fact]
    public async Task Bench_ClickSession_OpensClicksAndLeavesImagesThatNobodyOpenedBefore()
    {
        var report = await JsonAsync([Dog, "-s", "clickSession", "-d", "1", "-w", "0.1", "-c", "2"]);

        var rows = report.GetProperty("operations").EnumerateArray().ToDictionary(row => row.GetProperty("operation").GetString()!);
        Assert.Equal(["click", "delete", "open"], rows.Keys.Order());
        Assert.All(rows.Values, row => Assert.Empty(row.GetProperty("failed").EnumerateObject()));
        Assert.True(rows["click"].GetProperty("succeeded").GetInt64() >= rows["delete"].GetProperty("succeeded").GetInt64() * 4);
    }

    [Fact]
    public async Task Bench_WithoutJson_DrawsTables()
    {
        var run = await RunAsync("-d", "0.3", "-w", "0.1");

        Assert.Equal(ExitCodes.Success, run.Code);
        Assert.Matches(@"p99\.9 ms", run.Output);
        Assert.Matches(@"inference ms", run.Output);
        Assert.Matches(@"click .*\d", run.Output);
    }

    [Fact]
    public async Task Bench_NobodyThere_FailsAndSaysWhy()
    {
        var run = await CliRun.StartAsync(["bench", "-d", "0.2", "-w", "0.1", "--url", $"http://127.0.0.1:{FreePort.Next()}"]);

        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains("cannot be reached", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-c", "0")]
    [InlineData("--rate", "-1")]
    [InlineData("-d", "0")]
    [InlineData("-s", "sleep")]
    public async Task Bench_OutOfRange_IsAUsageError(params string[] args) =>
        Assert.Equal(ExitCodes.Usage, (await RunAsync(args)).Code);

    private Task<CliRun> RunAsync(params string[] args) => CliRun.StartAsync(["bench", .. args, "--url", shared.Server.Url.ToString()]);

    private async Task<JsonElement> JsonAsync(string[] args)
    {
        var run = await RunAsync([.. args, "--json"]);
        Assert.True(run.Code == ExitCodes.Success, run.Errors);
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
