using System.Text.Json;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.TestKit.ReferenceData;
using static VisionCluster.Inference.Tests.Models.Sam.PredictorRecords;

namespace VisionCluster.Inference.Tests.Models.Sam;

/// <summary>Against <c>predict_torch</c> of the original implementation: many prompts on one image at once.</summary>
public sealed class BatchedPromptReferenceTests
{
    private const double ScoreTolerance = 1e-3;
    private const double LogitTolerance = 2e-2;
    private const double LeastIou = 0.999;
    private const int Stride = 4;
    private const int Side = 256 / Stride;

    [ReferenceTheory]
    [InlineData("truck")]
    [InlineData("dog")]
    public async Task Decode_BatchedBoxes_MatchesLogitsScoresAndMasks(string name)
    {
        var batch = Image(name).GetProperty("batched_boxes");
        SegmentPrompt[] prompts =
            [.. batch.GetProperty("boxes_xyxy").EnumerateArray().Select(box => new SegmentPrompt { Box = Box(box) })];
        var logits = Floats(batch.GetProperty("low_res_logits_stride4").GetString()!);

        var decoded = await DecodeAsync(name, batch, prompts);

        Assert.Equal(logits.Length, prompts.Length * Side * Side);
        for (var i = 0; i < logits.Length; i++)
        {
            var (prompt, y, x) = (i / (Side * Side), i / Side % Side, i % Side);
            Assert.Equal(logits[i], decoded[prompt][0][(y * Stride * 256) + (x * Stride)], LogitTolerance);
        }
    }

    [ReferenceTheory]
    [InlineData("truck")]
    [InlineData("dog")]
    public async Task Decode_BatchedPoints_MatchesScoresAndMasks(string name)
    {
        var batch = Image(name).GetProperty("batched_points");
        var labels = batch.GetProperty("labels");
        SegmentPrompt[] prompts = [.. batch.GetProperty("points").EnumerateArray().Select((points, i) => new SegmentPrompt
        {
            Points = [.. points.EnumerateArray().Select((point, j) =>
                new PromptPoint(point[0].GetDouble(), point[1].GetDouble(), labels[i][j].GetInt32()))],
        })];

        var decoded = await DecodeAsync(name, batch, prompts);

        Assert.All(decoded, masks => Assert.Equal(3, masks.Length));
    }

    /// <summary>All prompts at once; compares scores and masks and gives each prompt's logits.</summary>
    private static async Task<float[][][]> DecodeAsync(string name, JsonElement batch, SegmentPrompt[] prompts)
    {
        await using var model = Load("onnx/encoder.onnx", "onnx/decoder_multi.onnx");
        var image = Image(name);
        var (embedding, geometry) = (Recorded(image), Geometry(model, image));
        var outputs = await Task.WhenAll(prompts.Select(prompt =>
            model.DecodeAsync(embedding, prompt, geometry, null, ModelFixture.Call)));
        var found = new float[prompts.Length][][];
        for (var i = 0; i < prompts.Length; i++)
        {
            using var output = outputs[i];
            var scores = batch.GetProperty("iou_predictions")[i];
            var chosen = MaskSelection.Choose(output.Scores, batch.GetProperty("multimask_output").GetBoolean());
            Assert.Equal(scores.GetArrayLength(), chosen.Length);
            Assert.Equal(batch.GetProperty("masks")[i].GetArrayLength(), chosen.Length);
            for (var mask = 0; mask < chosen.Length; mask++)
            {
                Assert.Equal(scores[mask].GetDouble(), output.Scores[chosen[mask]], ScoreTolerance);
                var iou = Iou(batch.GetProperty("masks")[i][mask], image, output.Logits(chosen[mask]));
                Assert.True(iou > LeastIou, $"prompt {i}, mask {mask}: {iou}");
            }

            found[i] = Array.ConvertAll(chosen, mask => output.Logits(mask).ToArray());
        }

        return found;
    }
}
