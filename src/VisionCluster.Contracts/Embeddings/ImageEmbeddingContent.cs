namespace VisionCluster.Contracts.Embeddings;

/// <summary>
/// An image's embedding on its way out of the cluster, for those who decode by themselves: the one tensor that travels.
/// </summary>
/// <param name="Tag">32 hexadecimal digits that change with the image, the kind, the model and its version.</param>
/// <param name="Shape">Its dimensions, the first 1.</param>
/// <param name="Values">float32 in C order; null where the caller has the embedding of this tag already.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.ImageEmbeddingContent")]
public sealed record ImageEmbeddingContent(
    [property: Id(0)] string Tag, [property: Id(1)] IReadOnlyList<long> Shape, [property: Id(2)] ReadOnlyMemory<float>? Values);
