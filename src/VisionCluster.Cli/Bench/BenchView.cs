using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace VisionCluster.Cli.Bench;

/// <summary>Draws a report as two tables: latencies, and where the time went.</summary>
internal static class BenchView
{
    public static IRenderable Draw(BenchReport report) => new Rows(
        new Markup(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Scenario}, {report.Loop} loop, {report.Callers} callers{Offered(report)}, {report.Seconds:0.0} s")),
        Latencies(report),
        Stages(report));

    private static string Offered(BenchReport report) => report.OfferedPerSecond is { } rate
        ? string.Create(CultureInfo.InvariantCulture, $" at most, {rate:0.##} a second offered, {report.NotSent} not sent")
        : "";

    private static Table Latencies(BenchReport report)
    {
        var table = Columns("ok", "a second", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "max ms").AddColumn("failed");
        foreach (var row in report.Operations)
        {
            var latency = row.Latency;
            table.AddRow(
            [
                row.Operation, Number(row.Succeeded, "0"), Number(row.PerSecond, "0.0"), Number(latency.P50), Number(latency.P90),
                Number(latency.P99), Number(latency.P999), Number(latency.Max),
                string.Join(", ", row.Failed.Select(static pair => $"{pair.Value.ToString(CultureInfo.InvariantCulture)} {pair.Key}")),
            ]);
        }

        return table;
    }

    private static Table Stages(BenchReport report)
    {
        var table = Columns("decode ms", "preprocess ms", "queue ms", "inference ms", "postprocess ms", "elsewhere ms");
        foreach (var row in report.Operations)
        {
            var stages = row.Stages;
            table.AddRow(
            [
                row.Operation, Number(stages.Decode), Number(stages.Preprocess), Number(stages.Queue), Number(stages.Inference),
                Number(stages.Postprocess), Number(stages.Elsewhere),
            ]);
        }

        return table;
    }

    private static Table Columns(params string[] names)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("operation");
        foreach (var name in names)
        {
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        }

        return table;
    }

    private static string Number(double value, string format = "0.00") => value.ToString(format, CultureInfo.InvariantCulture);
}
