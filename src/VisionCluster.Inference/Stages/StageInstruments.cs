using System.Diagnostics.Metrics;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Inference.Stages;

/// <summary>Metrics of the stages of calls.</summary>
public sealed class StageInstruments : IDisposable
{
    private readonly Meter _meter;
    private readonly Histogram<double> _passed;

    /// <summary>Declares the instruments.</summary>
    public StageInstruments(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(VisionTelemetry.Name);
        _passed = _meter.CreateHistogram(VisionTelemetry.Metrics.StageDuration, "s", "Time of a call in a stage",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets.Seconds });
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Passed(string operation, string stage, TimeSpan duration) => _passed.Record(
        duration.TotalSeconds, new(VisionTelemetry.Operation, operation), new(VisionTelemetry.Stage, stage));
}
