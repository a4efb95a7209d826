using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Tests.Models;

/// <summary>
/// The graph beside this file does nothing but what MobileSAM's export does before its encoder: it takes
/// <c>[height, width, 3]</c>, subtracts SAM's mean, divides by its deviation and pads to 64 by 64.
/// </summary>
public sealed class HwcEncoderRunnerTests
{
    private static readonly ImagePreprocessing Options = ModelFixture.SamImage with { Size = 64 };

    [Theory]
    [InlineData(200, 100)]
    [InlineData(90, 170)]
    [InlineData(64, 64)]
    [InlineData(5, 3)]
    public async Task EncodeAsync_PictureOfAnyShape_IsPreparedAsOutside(int width, int height)
    {
        using var graph = Open();
        await using var encoder = Encoder(graph);
        var picture = Picture(width, height);
        var expected = new float[3 * 64 * 64];
        new ImagePreprocessor(Options).Write(picture, expected);

        var encoded = await encoder.EncodeAsync(picture, ModelFixture.Call);

        Assert.Equal([1, 3, 64, 64], encoded.Shapes[0]);
        Assert.All(expected.Zip(encoded.Values[0]), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public async Task EncodeAsync_Region_IsAPictureOfItsOwn()
    {
        using var graph = Open();
        await using var encoder = Encoder(graph);
        var (picture, region) = (Picture(200, 100), new PixelRect(50, 20, 120, 70));
        var expected = new float[3 * 64 * 64];
        new ImagePreprocessor(Options).Write(picture, region, expected);

        var encoded = await encoder.EncodeAsync(picture, region, ModelFixture.Call);

        Assert.All(expected.Zip(encoded.Values[0]), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public async Task WarmUpAsync_GraphWithoutBatch_RunsOneAtATime()
    {
        using var graph = Open();
        await using var encoder = Encoder(graph);

        await encoder.WarmUpAsync();

        Assert.Equal(1, encoder.Options.MaxBatchSize);
    }

    private static OnnxGraph Open() => new(
        Path.Combine(AppContext.BaseDirectory, "Models", "hwc_encoder.onnx"), new OnnxDevice(AcceleratorKind.Cpu, 0), new OnnxOptions());

    private static ImageEncoder Encoder(OnnxGraph graph) =>
        new("hwc", graph, "input_image", ["image_embeddings"], Options, new(), ModelFixture.Environment);

    private static RgbImage Picture(int width, int height)
    {
        var pixels = new byte[3 * width * height];
        new Random(width + height).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }
}
