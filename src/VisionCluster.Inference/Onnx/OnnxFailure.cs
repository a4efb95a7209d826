using Microsoft.ML.OnnxRuntime;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Onnx;

/// <summary>Tells failures of a run apart; ONNX Runtime reports most of them by message only.</summary>
internal static class OnnxFailure
{
    private static readonly string[] OutOfMemory = ["out of memory", "Failed to allocate memory", "is smaller than requested bytes", "bad_alloc"];

    private static readonly string[] Lost =
    [
        "CUDA failure 700", "CUDA failure 719", "illegal memory access", "unspecified launch failure",
        "device-side assert", "uncorrectable ECC", "CUDA failure 999",
    ];

    public static Exception Classify(OnnxRuntimeException error, bool terminated, TimeSpan limit)
    {
        if (terminated)
        {
            return new TimeoutException($"The run took longer than its limit of {limit.TotalSeconds:0.###} s.", error);
        }

        if (OutOfMemory.Any(sign => error.Message.Contains(sign, StringComparison.OrdinalIgnoreCase)))
        {
            return new DeviceOutOfMemoryException(error.Message, error);
        }

        return Lost.Any(sign => error.Message.Contains(sign, StringComparison.OrdinalIgnoreCase))
            ? new DeviceLostException(error.Message, error)
            : error;
    }
}
