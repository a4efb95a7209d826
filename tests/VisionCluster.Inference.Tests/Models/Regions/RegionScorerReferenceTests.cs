using System.Text.Json;
using VisionCluster.Contracts.Detection;
using VisionCluster.Inference.Models.Clip;
using VisionCluster.Inference.Models.Regions;
using VisionCluster.TestKit.ReferenceData;

namespace VisionCluster.Inference.Tests.Models.Regions;

/// <summary>Against RegionCLIP's own scoring of regions.</summary>
public sealed class RegionScorerReferenceTests
{
    private const double ScoreTolerance = 1e-5;
    private const double BoxTolerance = 1e-3;

    [ReferenceFact]
    public void Score_EveryRecordedCase_MatchesBoxesScoresAndClasses()
    {
        foreach (var record in ReferenceFiles.Json("regionclip/score_fusion.json").GetProperty("cases").EnumerateArray())
        {
            var expected = record.GetProperty("detections");
            var scores = Numbers(expected.GetProperty("scores"));
            var actual = Score(record);
            var reported = record.GetProperty("config").GetProperty("vis").GetBoolean()
                ? actual.ConvertAll(box => box.Probability)
                : actual.ConvertAll(box => box.Score);
            Assert.Equal(scores.Length, actual.Count);
            Assert.All(scores.Zip(reported), pair => Assert.Equal(pair.First, pair.Second, ScoreTolerance));
            var rows = FiniteRows(record);
            Assert.Equal(Keys(expected), actual.Select(box => (box.Label, rows.IndexOf(box.Proposal))).Order());
            var boxes = Boxes(expected.GetProperty("boxes"));
            Assert.All(
                boxes.OrderBy(b => b.X0).ThenBy(b => b.Y1).Zip(actual.Select(a => a.Box).OrderBy(b => b.X0).ThenBy(b => b.Y1)),
                pair => Assert.Equal(pair.First.X0, pair.Second.X0, BoxTolerance));
        }
    }

    /// <summary>Softmaxes of almost 1 differ in the last bit and may change places: what was kept is compared as a set.</summary>
    private static IEnumerable<(int, int)> Keys(JsonElement expected) => expected.GetProperty("classes").EnumerateArray()
        .Zip(expected.GetProperty("proposal_index").EnumerateArray(), (c, p) => (c.GetInt32(), p.GetInt32())).Order();

    /// <summary>The reference numbers proposals after rows that are not finite are dropped.</summary>
    private static List<int> FiniteRows(JsonElement record) => [.. record.GetProperty("fused_scores").EnumerateArray().Index()
        .Where(row => row.Item.EnumerateArray().All(value => value.ValueKind == JsonValueKind.Number)).Select(row => row.Index)];

    private static List<ScoredBox> Score(JsonElement record)
    {
        var config = record.GetProperty("config");
        var features = Rows(record.GetProperty("region_features")).Select(row => UnitVector.Of(row)).ToArray();
        var texts = Rows(record.GetProperty("text_embeddings")).Select(row => UnitVector.Of(row)).ToArray();
        // Boxes of this test are decoded and clipped already: deltas are the detector's business.
        var size = record.GetProperty("image_hw");
        var boxes = Boxes(record.GetProperty("decoded_boxes")).Select(box => Clip(box, size)).ToArray();
        return RegionScorer.Score(
            boxes, features, Numbers(record.GetProperty("objectness_logits")), LabelMatrix.Of(texts),
            new RegionScoring(
                config.GetProperty("temperature").GetSingle(), true,
                config.GetProperty("multiply_rpn_score").GetBoolean() ? ScoreFusion.Raw : ScoreFusion.None,
                config.GetProperty("score_thresh").GetSingle(), config.GetProperty("nms_thresh").GetSingle(),
                config.GetProperty("topk_per_image").GetInt32() is var topK and >= 0 ? topK : int.MaxValue));
    }

    private static PixelBox Clip(PixelBox box, JsonElement size)
    {
        var (height, width) = (size[0].GetDouble(), size[1].GetDouble());
        return new(
            Math.Clamp(box.X0, 0, width), Math.Clamp(box.Y0, 0, height), Math.Clamp(box.X1, 0, width), Math.Clamp(box.Y1, 0, height));
    }

    private static PixelBox[] Boxes(JsonElement json) =>
        [.. Rows(json).Select(row => new PixelBox(row[0], row[1], row[2], row[3]))];

    private static float[][] Rows(JsonElement json) => [.. json.EnumerateArray().Select(Numbers)];

    private static float[] Numbers(JsonElement json) =>
        [.. json.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Null ? float.NaN : value.GetSingle())];
}
