using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx;

/// <summary>A buffer of any element type.</summary>
internal interface ITensorBuffer : IDisposable
{
    /// <summary>The runtime's view of the buffer.</summary>
    OrtValue Value { get; }

    /// <summary>Size of the buffer.</summary>
    long Bytes { get; }

    /// <summary>Bytes of it in page-locked memory.</summary>
    long LockedBytes { get; }
}
