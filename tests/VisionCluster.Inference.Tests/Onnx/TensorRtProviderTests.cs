using Microsoft.ML.OnnxRuntime;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Tests.Onnx;

/// <summary>What is handed to TensorRT; it has run nowhere yet.</summary>
public sealed class TensorRtProviderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("visioncluster-");

    [Fact]
    public void Settings_ByDefault_KeepNoEngineAndFullPrecision() => Assert.Equal(
        new Dictionary<string, string> { ["device_id"] = "3", ["trt_fp16_enable"] = "0" },
        TensorRtProvider.Settings(3, new OnnxOptions(), null));

    [Fact]
    public void Settings_WithCacheAndHalfPrecision_NameBothCaches() => Assert.Equal(
        new Dictionary<string, string>
        {
            ["device_id"] = "0",
            ["trt_fp16_enable"] = "1",
            ["trt_engine_cache_enable"] = "1",
            ["trt_engine_cache_path"] = "/engines",
            ["trt_timing_cache_enable"] = "1",
            ["trt_timing_cache_path"] = "/engines",
        },
        TensorRtProvider.Settings(0, new OnnxOptions { TensorRtHalfPrecision = true }, "/engines"));

    [Fact]
    public void FolderOf_AModel_IsAnotherWhereAFileOfItIsAnother()
    {
        var (old, same, next) = (Model("old", "weights"), Model("same", "weights"), Model("next", "other weights"));
        Assert.Equal(TensorRtProvider.FolderOf("/engines", old), TensorRtProvider.FolderOf("/engines", same));
        Assert.NotEqual(TensorRtProvider.FolderOf("/engines", old), TensorRtProvider.FolderOf("/engines", next));
        Assert.StartsWith("/engines/decoder/", TensorRtProvider.FolderOf("/engines", old), StringComparison.Ordinal);
    }

    [Fact]
    public void Append_BuildWithoutIt_FailsAsTheRuntimeSaysAndNotOtherwise()
    {
        using var session = new SessionOptions();
        Assert.Throws<OnnxRuntimeException>(() => TensorRtProvider.Append(session, 0, new OnnxOptions(), null));
    }

    [Fact]
    public void Settings_OfCuda_BoundTheArena()
    {
        Assert.DoesNotContain("gpu_mem_limit", CudaProviders.Settings(1, new OnnxOptions()));
        var limited = CudaProviders.Settings(1, new OnnxOptions { CudaMemoryLimitBytes = 1L << 33 });
        Assert.Equal(("1", "8589934592", "kSameAsRequested"), (limited["device_id"], limited["gpu_mem_limit"], limited["arena_extend_strategy"]));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>A graph whose weights lie beside it.</summary>
    private string Model(string name, string weights)
    {
        var folder = _folder.CreateSubdirectory(name).FullName;
        File.WriteAllText(Path.Combine(folder, "decoder.onnx.data"), weights);
        File.WriteAllText(Path.Combine(folder, "decoder.onnx"), "graph");
        return Path.Combine(folder, "decoder.onnx");
    }
}
