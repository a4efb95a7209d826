using System.Diagnostics.Metrics;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Inference.Batching;

/// <summary>Metrics of the queues and runs of a silo's devices.</summary>
public sealed class BatchingInstruments : IDisposable
{
    private readonly Meter _meter;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _waited;
    private readonly Histogram<double> _ran;
    private readonly Counter<long> _refused;
    private readonly UpDownCounter<long> _waiting;

    /// <summary>Declares the instruments.</summary>
    public BatchingInstruments(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(VisionTelemetry.Name);
        _batchSize = _meter.CreateHistogram(VisionTelemetry.Metrics.BatchSize, "{item}", "Items that shared a run",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128] });
        _waited = _meter.CreateHistogram(VisionTelemetry.Metrics.QueueDuration, "s", "Time from entering a queue to the run",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets.Seconds });
        _ran = _meter.CreateHistogram(VisionTelemetry.Metrics.RunDuration, "s", "Length of a device's run",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets.Seconds });
        _refused = _meter.CreateCounter<long>(VisionTelemetry.Metrics.QueueRefused, "{item}", "Items refused by a queue, by reason");
        _waiting = _meter.CreateUpDownCounter<long>(VisionTelemetry.Metrics.QueueLength, "{item}", "Items waiting");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Enqueued(string graph) => _waiting.Add(1, Graph(graph));

    internal void Left(string graph) => _waiting.Add(-1, Graph(graph));

    internal void Waited(string graph, TimeSpan duration) => _waited.Record(duration.TotalSeconds, Graph(graph));

    internal void Refused(string graph, VisionErrorCode code) =>
        _refused.Add(1, Graph(graph), new(VisionTelemetry.ErrorCode, code.ToString()));

    internal void Ran(string graph, int items, TimeSpan duration)
    {
        _batchSize.Record(items, Graph(graph));
        _ran.Record(duration.TotalSeconds, Graph(graph));
    }

    private static KeyValuePair<string, object?> Graph(string graph) => new(VisionTelemetry.Graph, graph);
}
