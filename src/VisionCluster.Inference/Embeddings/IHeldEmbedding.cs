namespace VisionCluster.Inference.Embeddings;

/// <summary>
/// An embedding whose memory is given back by hand. Its owner, the store, disposes it; the memory goes when everybody who
/// holds it has released it.
/// </summary>
internal interface IHeldEmbedding : IImageEmbedding, IDisposable
{
    /// <summary>Keeps the memory until <see cref="Release"/>. To be called only by who knows that it is there.</summary>
    /// <exception cref="ObjectDisposedException">It has gone.</exception>
    void Hold();

    void Release();
}
