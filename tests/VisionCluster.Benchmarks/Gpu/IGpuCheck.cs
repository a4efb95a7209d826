using VisionCluster.Inference.Onnx;

namespace VisionCluster.Benchmarks.Gpu;

/// <summary>Rows of the report about a CUDA device.</summary>
internal interface IGpuCheck
{
    /// <param name="device">What is measured.</param>
    /// <param name="options">How sessions are made.</param>
    /// <param name="write">Receives each row.</param>
    Task RunAsync(OnnxDevice device, OnnxOptions options, Action<string, Figure> write);
}
