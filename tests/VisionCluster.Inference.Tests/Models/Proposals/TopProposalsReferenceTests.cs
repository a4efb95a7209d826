using System.Text.Json;
using VisionCluster.Contracts.Detection;
using VisionCluster.Inference.Models.Proposals;
using VisionCluster.TestKit.ReferenceData;

namespace VisionCluster.Inference.Tests.Models.Proposals;

/// <summary>Against <c>find_top_rpn_proposals</c> of the original implementation.</summary>
public sealed class TopProposalsReferenceTests
{
    [ReferenceTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Choose_RecordedProposals_GivesTheRecordedOnes(int index)
    {
        var record = ReferenceFiles.Json("regionclip/rpn_topk.json").GetProperty("cases")[index];
        var boxes = Boxes(record.GetProperty("boxes"));
        var logits = Floats(record.GetProperty("objectness_logits"));
        var size = record.GetProperty("image_hw");

        var chosen = TopProposals.Choose(
            boxes, logits, (size[1].GetDouble(), size[0].GetDouble()), record.GetProperty("post_nms_topk").GetInt32(),
            record.GetProperty("nms_thresh").GetSingle(), record.GetProperty("pre_nms_topk").GetInt32());

        Assert.Equal(Floats(record.GetProperty("out_logits")), chosen.Select(kept => logits[kept.Index]));
        Assert.All(Boxes(record.GetProperty("out_boxes")).Zip(chosen), pair =>
        {
            Assert.Equal(pair.First.X0, pair.Second.Box.X0, 1e-3);
            Assert.Equal(pair.First.Y0, pair.Second.Box.Y0, 1e-3);
            Assert.Equal(pair.First.X1, pair.Second.Box.X1, 1e-3);
            Assert.Equal(pair.First.Y1, pair.Second.Box.Y1, 1e-3);
        });
    }

    private static PixelBox[] Boxes(JsonElement boxes) => [.. boxes.EnumerateArray().Select(box =>
        new PixelBox(box[0].GetDouble(), box[1].GetDouble(), box[2].GetDouble(), box[3].GetDouble()))];

    private static float[] Floats(JsonElement numbers) => [.. numbers.EnumerateArray().Select(number => number.GetSingle())];
}
