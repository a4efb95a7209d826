using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx;

/// <summary>
/// TensorRT in front of CUDA. It builds an engine for every graph, again for shapes beyond those it has seen, which takes
/// seconds to minutes; a folder keeps engines between starts.
/// </summary>
internal static class TensorRtProvider
{
    /// <exception cref="OnnxRuntimeException">It is not in this build, or its libraries are not on this machine.</exception>
    public static void Append(SessionOptions session, int device, OnnxOptions options, string? graph)
    {
        var folder = options.TensorRtCacheFolder is { Length: > 0 } root && graph is not null ? FolderOf(root, graph) : null;
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
        }

        using var tensorRt = new OrtTensorRTProviderOptions();
        tensorRt.UpdateOptions(Settings(device, options, folder));
        session.AppendExecutionProvider_Tensorrt(tensorRt);
    }

    /// <summary>Settings of <c>onnxruntime.ai/docs/execution-providers/TensorRT-ExecutionProvider.html</c>.</summary>
    /// <param name="device">Which GPU.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="cache">Where engines are kept; null: nowhere.</param>
    public static Dictionary<string, string> Settings(int device, OnnxOptions options, string? cache)
    {
        var settings = new Dictionary<string, string>
        {
            ["device_id"] = device.ToString(CultureInfo.InvariantCulture),
            ["trt_fp16_enable"] = options.TensorRtHalfPrecision ? "1" : "0",
        };
        if (cache is not null)
        {
            settings["trt_engine_cache_enable"] = "1";
            settings["trt_engine_cache_path"] = cache;
            settings["trt_timing_cache_enable"] = "1";
            settings["trt_timing_cache_path"] = cache;
        }

        return settings;
    }

    /// <summary>
    /// A graph's own folder beneath the cache, named by the bytes of all files that it lies with: an engine holds a model's
    /// weights, but its file is named by names, so that another version's would be taken for it.
    /// </summary>
    public static string FolderOf(string root, string graph)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(Path.GetFullPath(graph))!).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(file)));
            using var content = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(content));
        }

        return Path.Combine(root, Path.GetFileNameWithoutExtension(graph), Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16)));
    }
}
