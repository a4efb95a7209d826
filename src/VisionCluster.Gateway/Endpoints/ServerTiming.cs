using System.Diagnostics;
using System.Globalization;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>Headers that say where the time went and under which trace.</summary>
internal static class ServerTiming
{
    public static void Write(HttpResponse response, StageTimings timings)
    {
        response.Headers["Server-Timing"] = string.Create(
            CultureInfo.InvariantCulture,
            $"{Stages.Decode};dur={timings.Decode:0.##}, {Stages.Preprocess};dur={timings.Preprocess:0.##}, {Stages.Queue};dur={timings.Queue:0.##}, {Stages.Inference};dur={timings.Inference:0.##}, {Stages.Postprocess};dur={timings.Postprocess:0.##}");
    }

    /// <summary>Echoes the trace of the request on every answer.</summary>
    public static void WriteTrace(HttpResponse response)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
        {
            response.Headers.TraceParent = id;
        }
    }
}
