using System.Text.Json;
using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Masks;
using VisionCluster.Inference.Tests.Pipelines;
using VisionCluster.TestKit.ReferenceData;

namespace VisionCluster.Inference.Tests.AutomaticMasks;

/// <summary>Against <c>SamAutomaticMaskGenerator</c>, from the image on: every recorded configuration, every record.</summary>
public sealed class AutomaticMaskReferenceTests
{
    [ReferenceTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task EverythingAsync_RecordedConfiguration_FindsTheRecordedMasks(int index)
    {
        var result = ReferenceFiles.Json("sam/amg.json").GetProperty("results")[index];
        await using var fixture = await EngineFixture.StartAsync(
            ReferenceFiles.Path("sam/onnx/encoder.onnx"), ReferenceFiles.Path("sam/onnx/decoder_multi.onnx"));
        var image = fixture.Add(ReferenceFiles.Path($"sam/{result.GetProperty("image").GetString()}"));
        var request = Request(result.GetProperty("config"));
        Assert.Empty(request.Violations());

        var response = await EverythingResponse.CollectAsync(fixture.Engine.EverythingAsync(
            image, request, new CallOptions { Lane = RequestLane.Bulk }, CancellationToken.None));

        Compare([.. result.GetProperty("records").EnumerateArray()], response.Masks);
    }

    private static void Compare(JsonElement[] expected, IReadOnlyList<AutomaticMask> found)
    {
        Assert.InRange(found.Count, expected.Length * 0.98, expected.Length * 1.02);
        var left = found.ToList();
        var missing = 0;
        foreach (var record in expected)
        {
            var iou = record.GetProperty("predicted_iou").GetDouble();
            var match = left.Where(mask => IsSamePlace(record, mask)).MinBy(mask => Math.Abs(mask.PredictedIou - iou));
            if (match is null || Math.Abs(match.PredictedIou - iou) > 1e-3)
            {
                missing++;
                continue;
            }

            left.Remove(match);
            Assert.Equal(record.GetProperty("stability_score").GetDouble(), match.StabilityScore!.Value, 0.01);
            Assert.True(Iou(Pixels(record), Pixels(match)) > 0.99);
            Assert.All(
                record.GetProperty("bbox").EnumerateArray().Zip(match.Bbox),
                pair => Assert.InRange(pair.Second, pair.First.GetDouble() - 2, pair.First.GetDouble() + 2));
            Assert.Equal(record.GetProperty("area").GetDouble(), match.Area, match.Area * 0.01);
        }

        // A candidate within rounding of a threshold may fall on its other side.
        Assert.InRange(missing, 0, (int)(expected.Length * 0.02));
    }

    private static bool IsSamePlace(JsonElement record, AutomaticMask mask) =>
        record.GetProperty("point_coords")[0].EnumerateArray().Zip(mask.PointCoords[0])
            .All(pair => Math.Abs(pair.First.GetDouble() - pair.Second) < 1e-6)
        && record.GetProperty("crop_box").EnumerateArray().Select(side => side.GetInt32()).SequenceEqual(mask.CropBox);

    private static byte[] Pixels(JsonElement record)
    {
        var coco = record.GetProperty("segmentation_coco");
        return CocoRleCodec.Decode(new CocoRle(
            coco.GetProperty("size")[0].GetInt32(), coco.GetProperty("size")[1].GetInt32(), coco.GetProperty("counts").GetString()!));
    }

    private static byte[] Pixels(AutomaticMask mask) => CocoRleCodec.Decode(
        new CocoRle(mask.Segmentation.Size[0], mask.Segmentation.Size[1], mask.Segmentation.Counts!));

    private static double Iou(byte[] one, byte[] other)
    {
        var (both, either) = (0, 0);
        for (var i = 0; i < one.Length; i++)
        {
            both += one[i] & other[i];
            either += one[i] | other[i];
        }

        return either == 0 ? 1 : (double)both / either;
    }

    private static EverythingRequest Request(JsonElement config) => new()
    {
        PointsPerSide = config.GetProperty("points_per_side").GetInt32(),
        PointsPerBatch = config.GetProperty("points_per_batch").GetInt32(),
        PredIouThresh = config.GetProperty("pred_iou_thresh").GetSingle(),
        StabilityScoreThresh = config.GetProperty("stability_score_thresh").GetSingle(),
        StabilityScoreOffset = config.GetProperty("stability_score_offset").GetSingle(),
        BoxNmsThresh = config.GetProperty("box_nms_thresh").GetSingle(),
        CropNLayers = config.GetProperty("crop_n_layers").GetInt32(),
        CropNmsThresh = config.GetProperty("crop_nms_thresh").GetSingle(),
        CropOverlapRatio = config.GetProperty("crop_overlap_ratio").GetDouble(),
        CropNPointsDownscaleFactor = config.GetProperty("crop_n_points_downscale_factor").GetInt32(),
        MinMaskRegionArea = config.GetProperty("min_mask_region_area").GetInt32(),
    };
}
