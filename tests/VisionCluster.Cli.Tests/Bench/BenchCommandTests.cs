using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Cli.Tests.Bench;

public sealed partial class BenchCommandTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const double Longest = 20;

    private static string Dog => Path.Combine(AppContext.BaseDirectory, "samples", "held-twemoji-1.png");

    [Theory]
    [InlineData("click", "closed", "-c", "2")]
    [InlineData("classify", "closed")]
    [InlineData("detect", "open", "--rate", "20")]
    public async Task Bench_OneOperation_TellsLatencyAndStages(string scenario, string loop, params string[] more)
    {
        // A warm-up that a slow machine hardly begins would leave first runs to what is measured.
        await JsonAsync(0.1, ["-s", scenario], scenario);
        var report = await JsonAsync(0.8, ["-s", scenario, .. more], scenario);

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
        var report = await JsonAsync(1, [Dog, "-s", "clickSession", "-c", "2"], "open", "click", "delete");

        var rows = report.GetProperty("operations").EnumerateArray().ToDictionary(row => row.GetProperty("operation").GetString()!);
        Assert.Equal(["click", "delete", "open"], rows.Keys.Order());
        Assert.All(rows.Values, row => Assert.Empty(row.GetProperty("failed").EnumerateObject()));
        // Of each caller's first session the warm-up may have all five clicks.
        Assert.InRange(
            rows["click"].GetProperty("succeeded").GetInt64(), 5 * (rows["delete"].GetProperty("succeeded").GetInt64() - 2), long.MaxValue);
    }

    [Fact]
    public async Task Bench_WithoutJson_DrawsTables()
    {
        CliRun run;
        var seconds = 0.3;
        do
        {
            run = await RunAsync("-d", Text(seconds), "-w", "0.1");
            seconds *= 4;
        }
        while (!Click().IsMatch(run.Output) && seconds < Longest);

        Assert.Equal(ExitCodes.Success, run.Code);
        Assert.Matches(@"p99\.9 ms", run.Output);
        Assert.Matches(@"inference ms", run.Output);
        Assert.Matches(Click(), run.Output);
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

    /// <summary>A report with these operations: where a slow machine answers none of one in the time, it gets more.</summary>
    private async Task<JsonElement> JsonAsync(double seconds, string[] args, params string[] operations)
    {
        CliRun run;
        do
        {
            run = await RunAsync([.. args, "-d", Text(seconds), "-w", "0.1", "--json"]);
            seconds *= 4;
        }
        while (!operations.All(name => Regex.IsMatch(run.Output, $"\"operation\": *\"{name}\"")) && seconds < Longest);
        Assert.True(run.Code == ExitCodes.Success, run.Errors);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static string Text(double seconds) => seconds.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"click .*\d")]
    private static partial Regex Click();
}
