namespace VisionCluster.Grains.TextEmbeddings;

/// <summary>Where there is no Redis, labels are kept by the cluster's shards alone.</summary>
internal sealed class NoTextEmbeddingStore : ITextEmbeddingStore
{
    public Task<float[]?[]> ReadAsync(IReadOnlyList<LabelKey> keys) => Task.FromResult(new float[]?[keys.Count]);

    public Task WriteAsync(IReadOnlyList<LabelKey> keys, IReadOnlyList<float[]> rows) => Task.CompletedTask;
}
