namespace VisionCluster.Inference.Embeddings;

/// <summary>An embedding that a call uses; its memory stays until the hold is disposed.</summary>
/// <param name="embedding">As the store gave it: held for the caller.</param>
internal readonly struct EmbeddingHold<T>(T embedding) : IDisposable
    where T : class, IImageEmbedding
{
    public T Embedding { get; } = embedding;

    public void Dispose() => (Embedding as IHeldEmbedding)?.Release();
}
