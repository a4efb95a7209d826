using Microsoft.ML.OnnxRuntime.Tensors;

namespace VisionCluster.Inference.Onnx;

/// <summary>An input or output as the graph declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">Type of its numbers.</param>
/// <param name="Dimensions">Its shape; -1 for a dimension that is free.</param>
/// <param name="BatchName">What the graph calls its first dimension where that is free; else empty.</param>
public sealed record GraphTensor(
    string Name, TensorElementType ElementType, IReadOnlyList<int> Dimensions, string BatchName = "")
{
    /// <summary>Whether the first dimension is free, so that items can share a run.</summary>
    public bool HasDynamicBatch => Dimensions.Count > 0 && Dimensions[0] < 0;
}
