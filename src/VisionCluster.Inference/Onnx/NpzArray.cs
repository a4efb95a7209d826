namespace VisionCluster.Inference.Onnx;

/// <summary>One array of an <c>.npz</c> file.</summary>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Floats">Its numbers, where they are floating point; else null.</param>
/// <param name="Integers">Its numbers, where they are integers; else null.</param>
public sealed record NpzArray(IReadOnlyList<long> Shape, float[]? Floats, long[]? Integers);
