using System.Text.Json;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.TestKit.ReferenceData;
using static VisionCluster.Inference.Tests.Models.Sam.PredictorRecords;

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
        var chosen = Chosen(record, decoded);
        return [.. record.GetProperty("masks").EnumerateArray().Select((mask, i) => Iou(mask, image, decoded.Logits(chosen[i])))];
    }

    private static float LargestDifference(float[] one, float[] other) => one.Zip(other, (a, b) => Math.Abs(a - b)).Max();
}
