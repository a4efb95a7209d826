namespace VisionCluster.Contracts.Segmentation;

/// <summary>COCO's compressed run-length encoding of a mask (github.com/cocodataset/cocoapi, maskApi).</summary>
/// <param name="Size">Height and width, pixels.</param>
/// <param name="Counts">Column-major run lengths, beginning with the run of zeros, in COCO's six-bit characters.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.EncodedMask")]
public sealed record EncodedMask([property: Id(0)] IReadOnlyList<int> Size, [property: Id(1)] string Counts);
