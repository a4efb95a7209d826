using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx;

/// <summary>Finds the devices of this machine.</summary>
public static class DeviceDiscovery
{
    private const string Cuda = "CUDAExecutionProvider";

    private static readonly OnnxDevice Cpu = new(AcceleratorKind.Cpu, 0);

    /// <summary>Every CUDA device where this build and machine have them, else the CPU.</summary>
    /// <param name="options">TensorRT is switched off in them where it cannot be had: CUDA, or the CPU, does without.</param>
    /// <param name="remarks">Is told what was asked for or expected, and why it is not there.</param>
    public static IReadOnlyList<OnnxDevice> Find(OnnxOptions options, ICollection<string>? remarks = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var tensorRt = options.UseTensorRt;
        options.UseTensorRt = false;
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(Cuda))
        {
            if (tensorRt)
            {
                remarks?.Add("TensorRT is not used: this build is one for processors, others are made with -p:Accelerator=cuda.");
            }

            if (options.CudaGraphs)
            {
                remarks?.Add("CUDA graphs are not used: this build is one for processors, others are made with -p:Accelerator=cuda.");
            }

            return [Cpu];
        }

        var found = new List<OnnxDevice>();
        string? error = null;
        while (found.Count < 64 && (error = Try(new OnnxDevice(AcceleratorKind.Cuda, found.Count), options)) is null)
        {
            found.Add(new OnnxDevice(AcceleratorKind.Cuda, found.Count));
        }

        if (found.Count == 0)
        {
            remarks?.Add($"No CUDA device is used, the CPU is: {error}");
            return [Cpu];
        }

        options.UseTensorRt = tensorRt;
        if (tensorRt && Try(found[0], options) is { } missing)
        {
            options.UseTensorRt = false;
            remarks?.Add($"TensorRT is not used, CUDA is: {missing}");
        }

        return found;
    }

    /// <summary>Why a device cannot be used; null where it can.</summary>
    private static string? Try(OnnxDevice device, OnnxOptions options)
    {
        try
        {
            using var session = device.CreateSessionOptions(options);
            return null;
        }
        catch (OnnxRuntimeException error)
        {
            return error.Message;
        }
    }
}
