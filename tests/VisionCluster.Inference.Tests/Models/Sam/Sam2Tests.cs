using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Onnx;
using VisionCluster.TestKit.Onnx;

namespace VisionCluster.Inference.Tests.Models.Sam;

/// <summary>Exports of SAM 2, whose decoder takes three feature maps, against what torch recorded.</summary>
public sealed class Sam2Tests
{
    private const float Tolerance = 1e-3f;

    private static readonly ResizeGeometry Square = new(TinySam2.Size, TinySam2.Size, TinySam2.Size, TinySam2.Size, 0, 0);
    private static readonly SegmentPrompt Click = new() { Points = [new PromptPoint(20, 30), new PromptPoint(50, 10, 0)] };
    private static readonly SegmentPrompt Box = new() { Box = new PixelBox(8, 12, 40, 55) };

    [Fact]
    public async Task Decode_PointsAndBoxInHuggingFaceNames_GivesTorchsMasks()
    {
        await using var model = Load(TinySam2.HuggingFace);
        var recorded = Recorded(TinySam2.HuggingFace);
        for (var item = 0; item < 2; item++)
        {
            var box = Row(recorded, "in.input_boxes", item);
            var prompt = new SegmentPrompt
            {
                Points = Points(Row(recorded, "in.input_points", item), item == 0 ? [1, 0, 1] : [1, 1, 0]),
                Box = new PixelBox(box[0], box[1], box[2], box[3]),
            };

            using var decoded = await model.DecodeAsync(Maps(recorded, item), prompt, Square, null, ModelFixture.Call);

            AssertMasks(Row(recorded, "out.pred_masks", item), Row(recorded, "out.iou_scores", item), decoded);
        }
    }

    [Fact]
    public async Task Decode_PointsAndEarlierMaskInMetasNames_GivesTorchsMasks()
    {
        await using var model = Load(TinySam2.Meta);
        var recorded = Recorded(TinySam2.Meta);
        for (var item = 0; item < 2; item++)
        {
            var prompt = new SegmentPrompt
            {
                Points = Points(Row(recorded, "in.point_coords", item)[..4], item == 0 ? [1, 0] : [1, 1]),
            };

            using var decoded = await model.DecodeAsync(
                Maps(recorded, item), prompt, Square, item == 0 ? null : Row(recorded, "in.mask_input", item), ModelFixture.Call);

            AssertMasks(Row(recorded, "out.masks", item), Row(recorded, "out.iou_predictions", item), decoded);
        }
    }

    [Fact]
    public async Task Decode_BoxAlone_IsTheSameInBothNames()
    {
        await using var one = Load(TinySam2.HuggingFace);
        await using var other = Load(TinySam2.Meta);
        using var three = await one.DecodeAsync(Maps(Recorded(TinySam2.HuggingFace), 0), Box, Square, null, ModelFixture.Call);
        using var four = await other.DecodeAsync(Maps(Recorded(TinySam2.Meta), 0), Box, Square, null, ModelFixture.Call);

        for (var mask = 0; mask < 3; mask++)
        {
            Assert.Equal(four.Scores[mask + 1], three.Scores[mask], Tolerance);
            AssertClose(four.Logits(mask + 1), three.Logits(mask));
        }
    }

    [Theory]
    [InlineData("huggingface")]
    [InlineData("meta")]
    public async Task Decode_PromptsOfTwoImagesInOneRun_AreAsWhenAlone(string names)
    {
        var folder = Path.Combine(TinySam2.Directory, names);
        await using var model = Load(folder);
        var recorded = Recorded(folder);
        SegmentPrompt[] prompts = [Click, Box];
        foreach (var prompt in prompts)
        {
            var together = await Task.WhenAll(Enumerable.Range(0, 6).Select(i =>
                model.DecodeAsync(Maps(recorded, i % 2), prompt, Square, null, ModelFixture.Call)));
            for (var i = 0; i < together.Length; i++)
            {
                using var alone = await model.DecodeAsync(Maps(recorded, i % 2), prompt, Square, null, ModelFixture.Call);
                AssertClose(alone.Logits(0), together[i].Logits(0));
                together[i].Dispose();
            }
        }
    }

    [Fact]
    public async Task Encode_Picture_KeepsThreeMapsTheCoarsestFirst()
    {
        await using var model = Load(TinySam2.HuggingFace);
        var picture = new RgbImage(90, 40, new byte[3 * 90 * 40]);

        var embedding = await model.EncodeAsync(picture, ModelFixture.Call);

        Assert.Equal([[1, 32, 4, 4], [1, 8, 8, 8], [1, 4, 16, 16]], embedding.Shapes);
        Assert.Equal(sizeof(float) * ((32 * 16) + (8 * 64) + (4 * 256)), embedding.Bytes);
    }

    [Fact]
    public async Task Decode_EarlierMaskInHuggingFaceNames_IsRefused()
    {
        await using var model = Load(TinySam2.HuggingFace);

        var error = await Assert.ThrowsAsync<VisionException>(() => model.DecodeAsync(
            Maps(Recorded(TinySam2.HuggingFace), 0), Click, Square, new float[256], ModelFixture.Call));

        Assert.Equal(VisionErrorCode.InvalidRequest, error.Code);
    }

    /// <summary>Loading compares both graphs with torch's outputs.</summary>
    private static SamModel Load(string folder) => new(ManifestReader.Read(folder), ModelFixture.Services);

    private static IReadOnlyDictionary<string, NpzArray> Recorded(string folder) =>
        NpzFile.Read(Path.Combine(folder, "selftest.npz"));

    private static float[] Row(IReadOnlyDictionary<string, NpzArray> recorded, string name, int item, string role = "maskDecoder")
    {
        var floats = recorded[$"{role}.{name}"].Floats!;
        return floats[(item * floats.Length / 2)..((item + 1) * floats.Length / 2)];
    }

    private static SamEmbedding Maps(IReadOnlyDictionary<string, NpzArray> recorded, int item)
    {
        string[] names = recorded.ContainsKey("imageEncoder.out.image_embed")
            ? ["image_embed", "high_res_feats_1", "high_res_feats_0"]
            : ["image_embeddings.2", "image_embeddings.1", "image_embeddings.0"];
        return new SamEmbedding(
            [.. names.Select(name => Row(recorded, $"out.{name}", item, "imageEncoder"))],
            [.. names.Select(name => (long[])[1, .. recorded[$"imageEncoder.out.{name}"].Shape.Skip(1)])]);
    }

    private static PromptPoint[] Points(float[] coordinates, int[] labels) =>
        [.. labels.Select((label, i) => new PromptPoint(coordinates[2 * i], coordinates[(2 * i) + 1], label))];

    private static void AssertMasks(float[] logits, float[] scores, SamDecoderOutput decoded)
    {
        Assert.Equal(scores.Length, decoded.Count);
        for (var mask = 0; mask < scores.Length; mask++)
        {
            Assert.Equal(scores[mask], decoded.Scores[mask], Tolerance);
            var area = logits.Length / scores.Length;
            AssertClose(logits.AsSpan(mask * area, area), decoded.Logits(mask));
        }
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], Tolerance);
        }
    }
}
