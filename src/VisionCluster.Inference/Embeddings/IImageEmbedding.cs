namespace VisionCluster.Inference.Embeddings;

/// <summary>What an image encoder made of an image. Never changed once made.</summary>
public interface IImageEmbedding
{
    /// <summary>Memory it takes.</summary>
    long Bytes { get; }
}
