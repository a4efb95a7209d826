using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx;

/// <summary>A device that ONNX Runtime can run graphs on.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Which of its kind, from 0.</param>
public sealed record OnnxDevice(AcceleratorKind Kind, int Index)
{
    /// <summary>The device's name on its silo: <c>cpu0</c>, <c>cuda1</c>.</summary>
    public string Name => $"{Kind.ToString().ToLowerInvariant()}{Index}";

    /// <summary>The device's own memory.</summary>
    internal OrtMemoryInfo CreateMemoryInfo() => Kind == AcceleratorKind.Cuda
        ? new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, Index, OrtMemType.Default)
        : new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);

    /// <summary>Session options for this device.</summary>
    internal SessionOptions CreateSessionOptions(OnnxOptions options, bool keepRunMemory = false, string? graph = null, bool records = false)
    {
        var session = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = options.IntraOpThreads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            // The arena keeps the most that any batch ever needed, of every graph; the system's allocator gives it back.
            EnableCpuMemArena = keepRunMemory,
            EnableMemoryPattern = keepRunMemory,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        var spin = options.AllowSpinning ? "1" : "0";
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", spin);
        session.AddSessionConfigEntry("session.inter_op.allow_spinning", spin);
        if (Kind == AcceleratorKind.Cuda)
        {
            CudaProviders.Append(session, Index, options, graph, records);
        }

        return session;
    }
}
