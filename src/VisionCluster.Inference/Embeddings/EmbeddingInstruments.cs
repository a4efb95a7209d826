using System.Diagnostics.Metrics;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Inference.Embeddings;

/// <summary>Metrics of the embedding stores of a silo's devices.</summary>
public sealed class EmbeddingInstruments : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _looked;
    private readonly Counter<long> _evicted;
    private readonly Counter<long> _recomputed;

    /// <summary>Declares the instruments.</summary>
    public EmbeddingInstruments(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(VisionTelemetry.Name);
        _looked = _meter.CreateCounter<long>(VisionTelemetry.Metrics.EmbeddingLookups, "{lookup}", "Look-ups, by result");
        _evicted = _meter.CreateCounter<long>(VisionTelemetry.Metrics.EmbeddingsEvicted, "{embedding}", "Embeddings dropped for room");
        _recomputed = _meter.CreateCounter<long>(
            VisionTelemetry.Metrics.EmbeddingsRecomputed, "{embedding}", "Embeddings computed again that were held before");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Looked(string result) => _looked.Add(1, new KeyValuePair<string, object?>(VisionTelemetry.Result, result));

    internal void Evicted() => _evicted.Add(1);

    internal void Recomputed() => _recomputed.Add(1);
}
