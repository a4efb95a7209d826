using System.Diagnostics.Metrics;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Grains.TextEmbeddings;

/// <summary>Metrics of where labels' embeddings are found.</summary>
internal sealed class TextEmbeddingInstruments : IDisposable
{
    /// <summary>In the silo's own cache.</summary>
    public const string Silo = "silo";

    /// <summary>In the memory of the cluster's shard, or just being computed there.</summary>
    public const string Shard = "shard";

    /// <summary>In the cluster's store.</summary>
    public const string Store = "store";

    /// <summary>Nowhere: the encoder ran.</summary>
    public const string Encoder = "encoder";

    private readonly Meter _meter;
    private readonly Counter<long> _found;

    public TextEmbeddingInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(VisionTelemetry.Name);
        _found = _meter.CreateCounter<long>(VisionTelemetry.Metrics.TextLookups, "{label}", "Labels' embeddings found, by level");
    }

    public void Dispose() => _meter.Dispose();

    public void Found(string level, int labels)
    {
        if (labels > 0)
        {
            _found.Add(labels, new KeyValuePair<string, object?>(VisionTelemetry.Level, level));
        }
    }
}
