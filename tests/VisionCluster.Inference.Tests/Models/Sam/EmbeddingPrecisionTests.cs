using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Masks;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Inference.Tests.Models.Sam;

/// <summary>What keeping starter-sam's embeddings as float16 changes of its masks.</summary>
public sealed class EmbeddingPrecisionTests
{
    private const double LeastIou = 0.9999;

    [Theory]
    [InlineData("held-twemoji-1")]
    [InlineData("noto-1")]
    public async Task Decode_EmbeddingKeptAsFloat16_GivesTheSameMasksAtHalfTheBytes(string name)
    {
        var sample = Sample.Load(name);
        var codec = new VipsImageCodec(new ImageLimits());
        var image = codec.Decode(sample.Bytes, default);
        var full = await MasksAsync(image, sample, EmbeddingPrecision.Full);
        var half = await MasksAsync(image, sample, EmbeddingPrecision.Half);
        Assert.Equal(full.Bytes, half.Bytes * 2);
        var ious = full.Masks.Zip(half.Masks, Iou).ToArray();
        Assert.True(ious.Min() >= LeastIou, $"least IoU {ious.Min():F5}, mean {ious.Average():F5} of {ious.Length}");
    }

    private static async Task<(long Bytes, List<byte[]> Masks)> MasksAsync(RgbImage image, Sample sample, EmbeddingPrecision precision)
    {
        var folder = ManifestReader.Read(Path.Combine(AppContext.BaseDirectory, "models", "starter-sam"));
        await using var model = new SamModel(
            folder with { Manifest = folder.Manifest with { EmbeddingPrecision = precision } }, ModelFixture.Services);
        var embedding = await model.EncodeAsync(image, ModelFixture.Call);
        var geometry = ResizeGeometry.For(folder.Manifest.Image, image.Width, image.Height);
        var upscaler = new MaskUpscaler();
        var masks = new List<byte[]>();
        foreach (var found in sample.Objects)
        {
            var prompt = new SegmentPrompt { Points = [new PromptPoint(found.Centre.X, found.Centre.Y)] };
            using var decoded = await model.DecodeAsync(embedding, prompt, geometry, null, ModelFixture.Call);
            var best = MaskSelection.Choose(decoded.Scores, multimask: false)[0];
            var mask = upscaler.Upscale(decoded.Logits(best), decoded.Height, decoded.Width, folder.Manifest.Image.Size, geometry, 0);
            masks.Add(CocoRleCodec.Decode(mask.ToRle()));
        }

        return (embedding.Bytes, masks);
    }

    private static double Iou(byte[] one, byte[] other)
    {
        var (both, either) = (0, 0);
        for (var i = 0; i < one.Length; i++)
        {
            both += (one[i] & other[i]) != 0 ? 1 : 0;
            either += (one[i] | other[i]) != 0 ? 1 : 0;
        }

        return (double)both / either;
    }
}
