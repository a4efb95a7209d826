namespace VisionCluster.Contracts.Segmentation;

/// <summary>The masks of one prompt.</summary>
/// <param name="Masks">Three with multimask, one without; for a text prompt as many as were found.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.PromptResult")]
public sealed record PromptResult([property: Id(0)] IReadOnlyList<SegmentedMask> Masks);
