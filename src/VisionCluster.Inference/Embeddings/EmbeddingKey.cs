using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Inference.Embeddings;

/// <summary>What an embedding is of and by.</summary>
/// <param name="Image">Owner and id of the image.</param>
/// <param name="Model">Name and version of the model.</param>
public readonly record struct EmbeddingKey(ImageKey Image, string Model);
