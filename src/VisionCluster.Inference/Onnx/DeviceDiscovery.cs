using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx;

/// <summary>Finds the devices of this machine.</summary>
public static class DeviceDiscovery
{
    /// <summary>Every CUDA device where this build and machine have them, else the CPU.</summary>
    public static IReadOnlyList<OnnxDevice> Find(OnnxOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"))
        {
            return [new OnnxDevice(AcceleratorKind.Cpu, 0)];
        }

        var found = new List<OnnxDevice>();
        while (found.Count < 64 && Works(new OnnxDevice(AcceleratorKind.Cuda, found.Count), options))
        {
            found.Add(new OnnxDevice(AcceleratorKind.Cuda, found.Count));
        }

        return found.Count > 0 ? found : [new OnnxDevice(AcceleratorKind.Cpu, 0)];
    }

    private static bool Works(OnnxDevice device, OnnxOptions options)
    {
        try
        {
            using var session = device.CreateSessionOptions(options);
            return true;
        }
        catch (OnnxRuntimeException)
        {
            return false;
        }
    }
}
