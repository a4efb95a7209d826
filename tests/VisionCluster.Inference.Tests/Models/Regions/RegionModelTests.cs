using System.Numerics.Tensors;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Models.Regions;
using VisionCluster.Inference.Onnx;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Inference.Tests.Models.Regions;

/// <summary>starter-regionclip with its maps in the host's memory, and in a device's, with a CPU's in its place.</summary>
public sealed class RegionModelTests : IDisposable
{
    private const string Map = "feature_map";

    private static readonly ModelFolder Folder = ManifestReader.Read(Path.Combine(AppContext.BaseDirectory, "models", "starter-regionclip"));

    private readonly DeviceTensors _memory = new(ModelFixture.Services.Device, new OnnxOptions());

    public void Dispose() => _memory.Dispose();

    /// <summary>Buffers of maps lie on the device, where they can be counted: the blank map, and those of runs of two and of four.</summary>
    [Fact]
    public async Task WarmUp_OfTheRegionEncoder_RunsEveryBatchBucket()
    {
        var batching = Folder.Manifest.Batching with { MaxBatchSize = 4 };
        await using var model = Open(Folder with { Manifest = Folder.Manifest with { Batching = batching } }, onDevice: true);

        await model.WarmUpAsync(default);

        var warm = _memory.UsedBytes;
        using var features = await model.DetectAsync(Decode("noto-1"), ModelFixture.Call);
        Assert.Equal((1 + 2 + 4) * features.Maps[0].OnDevice!.Bytes, warm);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_TheSameRegionsOfThreeImages_AreEachReadFromTheirOwnMap(bool onDevice)
    {
        await using var model = Open(Folder, onDevice);
        var features = await Task.WhenAll(new[] { "held-twemoji-1", "noto-1", "noto-2" }.Select(name => model.DetectAsync(Decode(name), ModelFixture.Call)));
        using var graph = new OnnxGraph(Folder.PathOf("regionEncoder"), ModelFixture.Services.Device, ModelFixture.Services.Onnx);
        long[] shape = [1, .. graph.Inputs[Map].Dimensions.Skip(1).Select(side => (long)side)];
        using var runner = new RegionEncoderRunner(
            graph, shape, Folder.Manifest.EmbeddingPrecision, onDevice ? _memory : null, new RunLimit(TimeSpan.FromMinutes(1), TimeProvider.System));

        // All of a picture and its middle; each image's own place in the run, and another.
        float side = Folder.Manifest.Image.Size;
        var regions = features.Select(image => new RegionBatch(image, [0, 0, side, side, side / 4, side / 4, side * 3 / 4, side * 3 / 4], 2)).ToArray();
        var alone = regions.Select(region => Run(runner, region).Single()).ToArray();
        Assert.All(alone, (own, i) => Assert.All(alone.Where((_, j) => j != i), other => AssertApart(own, other, 0.1f, 2)));
        Assert.All(Run(runner, regions), (together, i) => AssertApart(together, alone[i], 0, 1e-3f));
        Assert.All(Run(runner, regions[2], regions[0]), (together, i) => AssertApart(together, alone[i == 0 ? 2 : 0], 0, 1e-3f));
        Array.ForEach(features, static image => image.Dispose());
    }

    private static RgbImage Decode(string name) => new VipsImageCodec(new ImageLimits()).Decode(Sample.Load(name).Bytes, default);

    private static float[][][] Run(RegionEncoderRunner runner, params RegionBatch[] regions)
    {
        using var staged = runner.Stage(regions);
        var outputs = new ItemOutput<float[][]>[regions.Length];
        staged.Run(outputs);
        return [.. outputs.Select(output => output.Value!)];
    }

    /// <summary>Each region's two embeddings, of length 1, are so far from each other.</summary>
    private static void AssertApart(float[][] one, float[][] other, float least, float most) => Assert.All(
        one.Zip(other), pair => Assert.InRange(TensorPrimitives.Distance<float>(pair.First, pair.Second), least, most));

    private RegionModel Open(ModelFolder folder, bool onDevice) => new(folder, ModelFixture.Services with
    {
        Onnx = new OnnxOptions { KeepEmbeddingsOnDevice = onDevice }, Tensors = onDevice ? _memory : null,
    });
}
