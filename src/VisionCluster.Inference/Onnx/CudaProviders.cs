using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx;

/// <summary>The execution providers of an NVIDIA GPU, most able first.</summary>
internal static class CudaProviders
{
    /// <param name="session">What they are added to.</param>
    /// <param name="device">Which GPU.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="graph">The file that will run; null for a small graph of our own.</param>
    /// <param name="records">Whether its runs may be recorded as CUDA graphs.</param>
    public static void Append(SessionOptions session, int device, OnnxOptions options, string? graph, bool records = false)
    {
        if (options.UseTensorRt)
        {
            TensorRtProvider.Append(session, device, options, graph);
        }

        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(Settings(device, options, records));
        session.AppendExecutionProvider_CUDA(cuda);
    }

    /// <summary>Settings of <c>onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html</c>.</summary>
    public static Dictionary<string, string> Settings(int device, OnnxOptions options, bool records = false)
    {
        var settings = new Dictionary<string, string>
        {
            ["device_id"] = device.ToString(CultureInfo.InvariantCulture),
            // Grows by what is asked for: a doubling arena would take the bytes that embeddings need.
            ["arena_extend_strategy"] = "kSameAsRequested",
            ["cudnn_conv_algo_search"] = "HEURISTIC",
        };
        if (options.CudaMemoryLimitBytes > 0)
        {
            settings["gpu_mem_limit"] = options.CudaMemoryLimitBytes.ToString(CultureInfo.InvariantCulture);
        }

        if (records)
        {
            settings["enable_cuda_graph"] = "1";
        }

        return settings;
    }
}
