using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx;

/// <summary>The execution providers of an NVIDIA GPU, most able first.</summary>
internal static class CudaProviders
{
    public static void Append(SessionOptions session, int device, OnnxOptions options)
    {
        var id = device.ToString(CultureInfo.InvariantCulture);
        if (options.UseTensorRt)
        {
            using var tensorRt = new OrtTensorRTProviderOptions();
            tensorRt.UpdateOptions(new Dictionary<string, string> { ["device_id"] = id });
            session.AppendExecutionProvider_Tensorrt(tensorRt);
        }

        using var cuda = new OrtCUDAProviderOptions();
        var settings = new Dictionary<string, string>
        {
            ["device_id"] = id,
            // Grows by what is asked for: a doubling arena would take the bytes that embeddings need.
            ["arena_extend_strategy"] = "kSameAsRequested",
            ["cudnn_conv_algo_search"] = "HEURISTIC",
        };
        if (options.CudaMemoryLimitBytes > 0)
        {
            settings["gpu_mem_limit"] = options.CudaMemoryLimitBytes.ToString(CultureInfo.InvariantCulture);
        }

        cuda.UpdateOptions(settings);
        session.AppendExecutionProvider_CUDA(cuda);
    }
}
