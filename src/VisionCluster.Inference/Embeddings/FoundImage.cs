namespace VisionCluster.Inference.Embeddings;

/// <summary>An image that a search found.</summary>
/// <param name="ImageId">Its id.</param>
/// <param name="Score">Cosine with the query, -1 to 1.</param>
public readonly record struct FoundImage(string ImageId, float Score);
