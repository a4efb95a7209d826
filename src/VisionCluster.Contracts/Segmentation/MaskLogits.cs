namespace VisionCluster.Contracts.Segmentation;

/// <summary>Low-resolution logits of a mask in the frame of the model's padded square input.</summary>
/// <param name="Shape">Height and width.</param>
/// <param name="Data">float32, little endian, row by row; base64 in JSON.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.MaskLogits")]
public sealed record MaskLogits([property: Id(0)] IReadOnlyList<int> Shape, [property: Id(1)] ReadOnlyMemory<byte> Data);
