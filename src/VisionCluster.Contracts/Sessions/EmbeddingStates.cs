namespace VisionCluster.Contracts.Sessions;

/// <summary>The embeddings of one image session.</summary>
/// <param name="Sam">Output of the SAM image encoder, used by every segmentation.</param>
/// <param name="Clip">Output of the CLIP image encoder for the whole image.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.EmbeddingStates")]
public sealed record EmbeddingStates([property: Id(0)] EmbeddingState Sam, [property: Id(1)] EmbeddingState Clip);
