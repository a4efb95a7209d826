using System.Text.Json;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Masks;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.TestKit.ReferenceData;

namespace VisionCluster.Inference.Tests.Models.Sam;

/// <summary>Against <c>SamPredictor</c> of the original implementation.</summary>
public sealed class PredictorReferenceTests
{
    private const double ScoreTolerance = 1e-3;
    private const double LogitTolerance = 2e-2;
    private const double OwnEmbeddingIou = 0.99;

    [ReferenceTheory]
    [InlineData("truck")]
    [InlineData("dog")]
    public async Task Decode_RecordedPromptsOnRecordedEmbedding_MatchesLogitsScoresAndMasks(string name)
    {
        await using var model = Load("onnx/encoder.onnx", "onnx/decoder_multi.onnx");
        var image = Image(name);
        var embedding = Recorded(image);
        foreach (var record in image.GetProperty("cases").EnumerateArray())
        {
            using var decoded = await Decode(model, embedding, image, record);
            CompareScores(record, decoded);
            CompareLogits(record, decoded);
            Assert.All(Ious(record, image, decoded), iou => Assert.True(iou > 0.999, $"{record.GetProperty("name")}: {iou}"));
        }
    }

    [ReferenceTheory]
    [InlineData("truck")]
    [InlineData("dog")]
    public async Task Decode_RecordedPromptsOnOwnEmbedding_MatchesMasks(string name)
    {
        await using var model = Load("onnx/encoder.onnx", "onnx/decoder_multi.onnx");
        var image = Image(name);
        var embedding = await model.EncodeAsync(Pixels(image), ModelFixture.Call);
        var recorded = Recorded(image);
        Assert.True(LargestDifference(recorded.Maps[0].ToFloats(), embedding.Maps[0].ToFloats()) < 0.02);
        foreach (var record in image.GetProperty("cases").EnumerateArray())
        {
            using var decoded = await Decode(model, embedding, image, record);
            Assert.All(Ious(record, image, decoded), iou => Assert.True(iou > OwnEmbeddingIou, $"{record.GetProperty("name")}: {iou}"));
        }
    }

    [ReferenceTheory]
    [InlineData("truck")]
    [InlineData("dog")]
    public async Task Decode_PointsInHuggingFaceDialect_MatchesMasks(string name)
    {
        await using var model = Load("onnx/tjs_vision_encoder.onnx", "onnx/tjs_prompt_encoder_mask_decoder.onnx");
        var image = Image(name);
        var embedding = await model.EncodeAsync(Pixels(image), ModelFixture.Call);
        var points = image.GetProperty("cases").EnumerateArray().Where(record =>
            record.GetProperty("box").ValueKind == JsonValueKind.Null
            && record.GetProperty("mask_input").ValueKind == JsonValueKind.Null
            && record.GetProperty("multimask_output").GetBoolean()).ToArray();
        Assert.NotEmpty(points);
        foreach (var record in points)
        {
            using var decoded = await Decode(model, embedding, image, record);
            CompareScores(record, decoded);
            Assert.All(Ious(record, image, decoded), iou => Assert.True(iou > OwnEmbeddingIou, $"{record.GetProperty("name")}: {iou}"));
        }
    }

    [ReferenceFact]
    public async Task Decode_BoxInHuggingFaceDialect_IsRefused()
    {
        await using var model = Load("onnx/tjs_vision_encoder.onnx", "onnx/tjs_prompt_encoder_mask_decoder.onnx");
        var image = Image("dog");
        var embedding = await model.EncodeAsync(Pixels(image), ModelFixture.Call);
        var box = image.GetProperty("cases").EnumerateArray().First(r => r.GetProperty("name").GetString() == "box");
        var error = await Assert.ThrowsAsync<Contracts.Errors.VisionException>(() => Decode(model, embedding, image, box));
        Assert.Equal(Contracts.Errors.VisionErrorCode.InvalidRequest, error.Code);
    }

    [ReferenceTheory]
    [InlineData("truck")]
    [InlineData("dog")]
    public async Task Decode_BatchedBoxes_MatchesMasks(string name)
    {
        await using var model = Load("onnx/encoder.onnx", "onnx/decoder_multi.onnx");
        var image = Image(name);
        var embedding = Recorded(image);
        var batch = image.GetProperty("batched_boxes");
        var boxes = batch.GetProperty("boxes_xyxy").EnumerateArray().Select(Box).ToArray();
        var geometry = Geometry(model, image);
        var decoded = await Task.WhenAll(boxes.Select(box =>
            model.DecodeAsync(embedding, new SegmentPrompt { Box = box }, geometry, null, ModelFixture.Call)));
        for (var i = 0; i < boxes.Length; i++)
        {
            var expected = batch.GetProperty("iou_predictions")[i].EnumerateArray().Select(v => v.GetDouble()).ToArray();
            var chosen = MaskSelection.Choose(decoded[i].Scores, expected.Length > 1);
            Assert.All(expected.Zip(chosen), pair => Assert.Equal(pair.First, decoded[i].Scores[pair.Second], ScoreTolerance));
            decoded[i].Dispose();
        }
    }

    [ReferenceTheory]
    [InlineData("truck")]
    [InlineData("dog")]
    public async Task Decode_SingleMaskExport_GivesOneMaskOfTheGraphsChoice(string name)
    {
        await using var model = Load("onnx/encoder.onnx", "onnx/decoder_single.onnx");
        var image = Image(name);
        var embedding = Recorded(image);
        var choices = ReferenceFiles.Json("sam/predictor.json").GetProperty("decoder_single_selection");
        var compared = 0;
        foreach (var record in image.GetProperty("cases").EnumerateArray())
        {
            var mode = record.GetProperty("multimask_output").GetBoolean() ? "multi" : "single";
            if (choices.TryGetProperty($"{name}.{record.GetProperty("name").GetString()}.{mode}", out var choice))
            {
                using var decoded = await Decode(model, embedding, image, record);
                Assert.Equal(1, decoded.Count);
                Assert.Equal(choice.GetProperty("iou").GetDouble(), decoded.Scores[0], ScoreTolerance);
                compared++;
            }
        }

        Assert.True(compared > 0);
    }

    private static SamModel Load(string encoder, string decoder) => new(
        ModelFixture.Folder(
            ReferenceFiles.Path("sam"), ModelFamily.Sam, ModelFixture.SamImage, ("imageEncoder", encoder), ("maskDecoder", decoder)),
        ModelFixture.Services);

    private static JsonElement Image(string name) => ReferenceFiles.Json("sam/predictor.json").GetProperty("images")
        .EnumerateArray().Single(image => image.GetProperty("name").GetString() == name);

    private static SamEmbedding Recorded(JsonElement image) =>
        new(Floats(image.GetProperty("embedding").GetString()!), [1, 256, 64, 64]);

    private static float[] Floats(string path) => NpyFile.Read(ReferenceFiles.Path($"sam/{path}")).Floats();

    private static RgbImage Pixels(JsonElement image) => new VipsImageCodec(new ImageLimits()).Decode(
        File.ReadAllBytes(ReferenceFiles.Path($"sam/{image.GetProperty("file").GetString()}")), CancellationToken.None);

    private static ResizeGeometry Geometry(SamModel model, JsonElement image)
    {
        var size = image.GetProperty("size_hw");
        return ResizeGeometry.For(model.Manifest.Image, size[1].GetInt32(), size[0].GetInt32());
    }

    private static PixelBox Box(JsonElement box) =>
        new(box[0].GetDouble(), box[1].GetDouble(), box[2].GetDouble(), box[3].GetDouble());

    private static Task<SamDecoderOutput> Decode(SamModel model, SamEmbedding embedding, JsonElement image, JsonElement record)
    {
        var coordinates = record.GetProperty("point_coords");
        var points = coordinates.ValueKind == JsonValueKind.Null
            ? []
            : coordinates.EnumerateArray().Zip(record.GetProperty("point_labels").EnumerateArray(), (point, label) =>
                new PromptPoint(point[0].GetDouble(), point[1].GetDouble(), label.GetInt32())).ToArray();
        var box = record.GetProperty("box");
        var prompt = new SegmentPrompt
        {
            Points = points,
            Box = box.ValueKind == JsonValueKind.Null ? null : Box(box),
        };
        var mask = record.GetProperty("mask_input");
        return model.DecodeAsync(
            embedding, prompt, Geometry(model, image),
            mask.ValueKind == JsonValueKind.Null ? null : Floats(mask.GetString()!), ModelFixture.Call);
    }

    private static int[] Chosen(JsonElement record, SamDecoderOutput decoded) =>
        MaskSelection.Choose(decoded.Scores, record.GetProperty("multimask_output").GetBoolean());

    private static void CompareScores(JsonElement record, SamDecoderOutput decoded)
    {
        var chosen = Chosen(record, decoded);
        var expected = record.GetProperty("iou_predictions").EnumerateArray().Select(value => value.GetDouble()).ToArray();
        Assert.Equal(expected.Length, chosen.Length);
        Assert.All(expected.Zip(chosen), pair => Assert.Equal(pair.First, decoded.Scores[pair.Second], ScoreTolerance));
    }

    private static void CompareLogits(JsonElement record, SamDecoderOutput decoded)
    {
        var stride = record.TryGetProperty("low_res_logits", out var file) && file.ValueKind == JsonValueKind.String ? 1 : 4;
        var expected = Floats((stride == 1 ? file : record.GetProperty("low_res_logits_stride4")).GetString()!);
        var side = 256 / stride;
        var chosen = Chosen(record, decoded);
        var worst = 0d;
        for (var i = 0; i < expected.Length; i++)
        {
            var (mask, y, x) = (i / (side * side), i / side % side, i % side);
            var actual = decoded.Logits(chosen[mask])[(y * stride * 256) + (x * stride)];
            worst = Math.Max(worst, Math.Abs(actual - expected[i]));
        }

        Assert.True(worst < LogitTolerance, $"{record.GetProperty("name")}: {worst}");
    }

    private static double[] Ious(JsonElement record, JsonElement image, SamDecoderOutput decoded)
    {
        var size = image.GetProperty("size_hw");
        var geometry = ResizeGeometry.For(ModelFixture.SamImage, size[1].GetInt32(), size[0].GetInt32());
        var chosen = Chosen(record, decoded);
        return record.GetProperty("masks").EnumerateArray().Select((mask, i) =>
        {
            var actual = new MaskUpscaler().Upscale(decoded.Logits(chosen[i]), 256, 256, 1024, geometry, 0);
            var expected = CocoRleCodec.Decode(new CocoRle(actual.Height, actual.Width, mask.GetProperty("counts").GetString()!));
            return Iou(expected, CocoRleCodec.Decode(actual.ToRle()));
        }).ToArray();
    }

    private static double Iou(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var (both, either) = (0, 0);
        for (var i = 0; i < one.Length; i++)
        {
            both += one[i] != 0 && other[i] != 0 ? 1 : 0;
            either += one[i] != 0 || other[i] != 0 ? 1 : 0;
        }

        return either == 0 ? 1 : (double)both / either;
    }

    private static float LargestDifference(float[] one, float[] other) => one.Zip(other, (a, b) => Math.Abs(a - b)).Max();
}
