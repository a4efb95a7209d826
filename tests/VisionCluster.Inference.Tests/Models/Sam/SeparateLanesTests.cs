using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Inference.Tests.Models.Sam;

public sealed class SeparateLanesTests
{
    private const int Encodes = 40;

    [Fact]
    public async Task Decode_WhileTheEncoderHasAQueue_WaitsForNoneOfIt()
    {
        await using var model = new SamModel(
            ManifestReader.Read(Path.Combine(AppContext.BaseDirectory, "models", "starter-sam")), ModelFixture.Services);
        await model.WarmUpAsync(default);
        var picture = new VipsImageCodec(new ImageLimits()).Decode(Sample.Load("noto-1").Bytes, default);
        var warm = await model.EncodeAsync(picture, ModelFixture.Call);
        var encodes = Enumerable.Range(0, Encodes).Select(_ => model.EncodeAsync(picture, ModelFixture.Call)).ToArray();
        await Task.WhenAny(encodes);

        var side = model.Manifest.Image.Size;
        using var masks = await model.DecodeAsync(
            warm,
            new SegmentPrompt { Points = [new PromptPoint(30, 40)] },
            new ResizeGeometry(side, side, side, side, 0, 0),
            null,
            ModelFixture.Call);

        Assert.Contains(encodes, static encode => !encode.IsCompleted);
        await Task.WhenAll(encodes);
    }
}
