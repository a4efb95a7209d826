using System.Text.Json;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Masks;
using VisionCluster.TestKit.ReferenceData;

namespace VisionCluster.Inference.Tests.Masks;

public sealed class StabilityReferenceTests
{
    [ReferenceFact]
    public void UpscaleStable_RecordedLogits_ScoresAsTheReference()
    {
        foreach (var record in ReferenceFiles.Json("utils/stability_score.json").GetProperty("cases").EnumerateArray())
        {
            var scores = record.GetProperty("score").EnumerateArray().ToArray();
            var masks = record.GetProperty("logits").EnumerateArray().ToArray();
            for (var i = 0; i < masks.Length; i++)
            {
                var stability = Score(
                    masks[i], record.GetProperty("mask_threshold").GetSingle(), record.GetProperty("threshold_offset").GetSingle(), 0);

                Assert.NotNull(stability);
                Assert.Equal(scores[i].ValueKind == JsonValueKind.Null ? float.NaN : scores[i].GetSingle(), stability.Value, 1e-5f);
            }
        }
    }

    [ReferenceFact]
    public void UpscaleStable_ScoreBelowTheLeast_GivesNothing()
    {
        var record = ReferenceFiles.Json("utils/stability_score.json").GetProperty("cases").EnumerateArray()
            .First(c => c.GetProperty("score")[0] is { ValueKind: JsonValueKind.Number } score && score.GetSingle() < 1);
        var expected = record.GetProperty("score")[0].GetSingle();
        var (threshold, offset) = (record.GetProperty("mask_threshold").GetSingle(), record.GetProperty("threshold_offset").GetSingle());

        Assert.NotNull(Score(record.GetProperty("logits")[0], threshold, offset, expected - 0.001f));
        Assert.Null(Score(record.GetProperty("logits")[0], threshold, offset, expected + 0.001f));
    }

    /// <summary>The logits stand for a picture of their own size, so that upscaling leaves them as they are.</summary>
    private static float? Score(JsonElement rows, float threshold, float offset, float least)
    {
        var (height, width) = (rows.GetArrayLength(), rows[0].GetArrayLength());
        var side = Math.Max(height, width);
        var square = new float[side * side];
        for (var i = 0; i < height * width; i++)
        {
            square[(i / width * side) + (i % width)] = rows[i / width][i % width].GetSingle();
        }

        return new MaskUpscaler().UpscaleStable(
            square, side, side, side, new ResizeGeometry(width, height, width, height, 0, 0), threshold, offset, least)?.Stability;
    }
}
