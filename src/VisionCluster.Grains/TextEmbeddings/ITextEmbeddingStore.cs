namespace VisionCluster.Grains.TextEmbeddings;

/// <summary>Keeps label embeddings beyond the life of a silo. It may forget any of them at any time.</summary>
internal interface ITextEmbeddingStore
{
    /// <summary>A row for each key, null where none is kept. Never fails: a store that is away keeps nothing.</summary>
    Task<float[]?[]> ReadAsync(IReadOnlyList<LabelKey> keys);

    /// <summary>Keeps rows if it can.</summary>
    Task WriteAsync(IReadOnlyList<LabelKey> keys, IReadOnlyList<float[]> rows);
}
