namespace VisionCluster.Inference.Tensors;

/// <summary>An item of a graph's queue: what a pipeline of ours made, or a caller's own tensors.</summary>
/// <param name="Own">Set where <paramref name="Tensors"/> is null.</param>
/// <param name="Tensors">A caller's.</param>
internal readonly record struct GraphInput<TInput>(TInput? Own, TensorItem? Tensors = null);
