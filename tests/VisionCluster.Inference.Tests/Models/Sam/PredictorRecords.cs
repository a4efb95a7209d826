using System.Text.Json;
using VisionCluster.Contracts.Detection;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Masks;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.TestKit.ReferenceData;

namespace VisionCluster.Inference.Tests.Models.Sam;

/// <summary>What <c>SamPredictor</c> of the original implementation answered, and the models it ran.</summary>
internal static class PredictorRecords
{
    public static SamModel Load(string encoder, string decoder) => new(
        ModelFixture.Folder(
            ReferenceFiles.Path("sam"), ModelFamily.Sam, ModelFixture.SamImage, ("imageEncoder", encoder), ("maskDecoder", decoder)),
        ModelFixture.Services);

    public static JsonElement Image(string name) => ReferenceFiles.Json("sam/predictor.json").GetProperty("images")
        .EnumerateArray().Single(image => image.GetProperty("name").GetString() == name);

    public static SamEmbedding Recorded(JsonElement image) =>
        new(Floats(image.GetProperty("embedding").GetString()!), [1, 256, 64, 64]);

    public static float[] Floats(string path) => NpyFile.Read(ReferenceFiles.Path($"sam/{path}")).Floats();

    public static RgbImage Pixels(JsonElement image) => new VipsImageCodec(new ImageLimits()).Decode(
        File.ReadAllBytes(ReferenceFiles.Path($"sam/{image.GetProperty("file").GetString()}")), CancellationToken.None);

    public static ResizeGeometry Geometry(SamModel model, JsonElement image)
    {
        var size = image.GetProperty("size_hw");
        return ResizeGeometry.For(model.Manifest.Image, size[1].GetInt32(), size[0].GetInt32());
    }

    public static PixelBox Box(JsonElement box) =>
        new(box[0].GetDouble(), box[1].GetDouble(), box[2].GetDouble(), box[3].GetDouble());

    /// <summary>Overlap of a recorded mask with one drawn from logits.</summary>
    public static double Iou(JsonElement mask, JsonElement image, ReadOnlySpan<float> logits)
    {
        var size = image.GetProperty("size_hw");
        var geometry = ResizeGeometry.For(ModelFixture.SamImage, size[1].GetInt32(), size[0].GetInt32());
        var actual = new MaskUpscaler().Upscale(logits, 256, 256, 1024, geometry, 0);
        var expected = CocoRleCodec.Decode(new CocoRle(actual.Height, actual.Width, mask.GetProperty("counts").GetString()!));
        return Iou(expected, CocoRleCodec.Decode(actual.ToRle()));
    }

    public static double Iou(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var (both, either) = (0, 0);
        for (var i = 0; i < one.Length; i++)
        {
            both += one[i] != 0 && other[i] != 0 ? 1 : 0;
            either += one[i] != 0 || other[i] != 0 ? 1 : 0;
        }

        return either == 0 ? 1 : (double)both / either;
    }
}
