namespace VisionCluster.Inference.Embeddings;

/// <summary>An embedding of a whole image that others can be compared with.</summary>
public interface ISearchableEmbedding : IImageEmbedding
{
    /// <summary>Its numbers, of length 1; not to be changed.</summary>
    float[] Vector { get; }
}
