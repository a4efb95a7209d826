using System.Globalization;
using System.Net.Http.Headers;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Client;

/// <summary>Reads the <c>Server-Timing</c> header (W3C Server Timing).</summary>
internal static class ServerTiming
{
    private const string Header = "Server-Timing";
    private const string Duration = "dur=";

    /// <summary>Milliseconds of each stage; 0 for one that the header does not name.</summary>
    public static StageTimings Read(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues(Header, out var values))
        {
            return StageTimings.Zero;
        }

        var durations = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var metric in values.SelectMany(static value => value.Split(',', StringSplitOptions.TrimEntries)))
        {
            var parts = metric.Split(';', StringSplitOptions.TrimEntries);
            var text = parts.Skip(1).FirstOrDefault(static part => part.StartsWith(Duration, StringComparison.Ordinal));
            if (double.TryParse(text?[Duration.Length..], NumberStyles.Float, CultureInfo.InvariantCulture, out var duration))
            {
                durations[parts[0]] = duration;
            }
        }

        return new StageTimings(
            durations.GetValueOrDefault(Stages.Decode),
            durations.GetValueOrDefault(Stages.Preprocess),
            durations.GetValueOrDefault(Stages.Queue),
            durations.GetValueOrDefault(Stages.Inference),
            durations.GetValueOrDefault(Stages.Postprocess));
    }
}
