using VisionCluster.TestKit.Onnx;
using VisionCluster.TestKit.Telemetry;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>
/// What metrics, and recording and exporting every trace, take of a busy server's throughput. A click makes the same spans
/// and counts whatever model answers it, so their cost is the difference between two servers, one as it is with an OTLP
/// collector and one whose OpenTelemetry is switched off, whose model costs next to nothing: with a real one the decoder
/// varies by more from process to process than what is looked for. Set against it is a click's whole cost with the starter
/// model and no telemetry. All are processes of their own, as instruments belong to a process, and clicked in turns; all
/// figures are processor time, whose inverse is the throughput of a busy server.
/// </summary>
internal sealed class TelemetryOverhead : IBenchmark
{
    private const int Rounds = 15;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);
    private static readonly Dictionary<string, string> Off = new() { ["OTEL_SDK_DISABLED"] = "true" };

    public string Name => "clicks a second of processor time, with metrics and every trace exported / with neither";

    public string Bar => ">= 0.97";

    public async Task<Figure> RunAsync()
    {
        using var model = new TinySam();
        await using var collector = await OtlpCollector.StartAsync(keep: false);
        var on = collector.Settings.Append("OTEL_BSP_MAX_QUEUE_SIZE=65536").Select(setting => setting.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        using var with = await ClickedServer.StartAsync(model.Settings, on);
        using var without = await ClickedServer.StartAsync(model.Settings, Off);
        using var real = await ClickedServer.StartAsync(["Vision:Models:Load:0=starter-sam"], Off);
        var (ratios, extras, clicks) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -2; round < Rounds; round++)
        {
            // Who goes first changes, so that a drift of the machine favours neither.
            var first = await (round % 2 == 0 ? with : without).CostAsync(Window);
            var click = await real.CostAsync(Window);
            var second = await (round % 2 == 0 ? without : with).CostAsync(Window);
            var extra = round % 2 == 0 ? first - second : second - first;
            if (round >= 0)
            {
                extras.Add(extra);
                clicks.Add(click);
                ratios.Add(click / (click + extra));
            }
        }

        return Figure.Of(
            ratios, "x", static median => median >= 0.97,
            $"{extras.Order().ElementAt(Rounds / 2) * 1000:0} us of processor time a click, which takes {clicks.Order().ElementAt(Rounds / 2):0.00} ms");
    }
}
