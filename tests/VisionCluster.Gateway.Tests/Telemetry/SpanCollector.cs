using System.Collections.Concurrent;
using System.Diagnostics;

namespace VisionCluster.Gateway.Tests.Telemetry;

/// <summary>Keeps the spans of a server in this process as they end.</summary>
internal sealed class SpanCollector(IProducerConsumerCollection<Activity> ended) : OpenTelemetry.BaseProcessor<Activity>
{
    public override void OnEnd(Activity data) => ended.TryAdd(data);
}
