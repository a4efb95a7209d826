using System.Diagnostics;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Inference.Batching;

/// <summary>
/// The span of a batch. It belongs to the trace of the first request in the batch that is recorded and is linked to all of
/// them; the other requests' spans link back to it, so that the run is found from every trace.
/// </summary>
internal static class BatchTrace
{
    /// <summary>What an item carries on its way to the batch; nothing where its request is not recorded.</summary>
    public static ActivityContext Capture() => Activity.Current is { Recorded: true } current ? current.Context : default;

    /// <summary>Null where nobody records a request of the batch.</summary>
    public static Activity? Start(string graph, IReadOnlyList<QueuedItem> batch, int first, int count)
    {
        List<ActivityLink>? links = null;
        for (var i = first; i < first + count; i++)
        {
            if (batch[i].Trace != default)
            {
                (links ??= new List<ActivityLink>(count)).Add(new ActivityLink(batch[i].Trace));
            }
        }

        if (links is null)
        {
            return null;
        }

        var span = VisionTelemetry.Source.StartActivity(
            VisionTelemetry.BatchSpan, ActivityKind.Internal, links[0].Context, links: links);
        span?.SetTag(VisionTelemetry.Graph, graph);
        span?.SetTag(VisionTelemetry.BatchSize, count);
        return span;
    }

    /// <summary>The device's run, in the batch's span; null where that is.</summary>
    public static Activity? StartRun(Activity? batch) =>
        batch is null ? null : VisionTelemetry.Source.StartActivity(VisionTelemetry.DeviceSpan, ActivityKind.Internal, batch.Context);
}
