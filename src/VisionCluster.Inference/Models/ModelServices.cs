using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models;

/// <summary>What a model needs of the device it is loaded on.</summary>
/// <param name="Device">Where its graphs run.</param>
/// <param name="Onnx">How sessions are made.</param>
/// <param name="Batching">What the device's queues share.</param>
internal sealed record ModelServices(OnnxDevice Device, OnnxOptions Onnx, BatchingEnvironment Batching)
{
    /// <summary>The device's own memory, where embeddings stay; null: in the host's.</summary>
    public DeviceTensors? Tensors { get; init; }

    /// <summary>The arenas of the device's graphs.</summary>
    public ArenaShrinkage Arenas { get; init; } = new();
}
