namespace VisionCluster.Contracts.Embeddings;

/// <summary>An embedding and how it is written in JSON.</summary>
/// <param name="Values">Its numbers.</param>
/// <param name="Encoding">An array, or base64.</param>
public readonly record struct EmbeddingVector(ReadOnlyMemory<float> Values, EmbeddingEncoding Encoding = EmbeddingEncoding.Numbers);
