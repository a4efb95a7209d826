using System.Text.Json;
using VisionCluster.Inference.AutomaticMasks;
using VisionCluster.Inference.Imaging;
using VisionCluster.TestKit.ReferenceData;

namespace VisionCluster.Inference.Tests.AutomaticMasks;

/// <summary>Grids, crops and edges against the original implementation.</summary>
public sealed class GeometryReferenceTests
{
    [ReferenceFact]
    public void PointGrid_RecordedLayers_IsEqual()
    {
        foreach (var record in Cases("point_grids"))
        {
            var grids = record.GetProperty("grids").EnumerateArray().ToArray();
            for (var layer = 0; layer < grids.Length; layer++)
            {
                var grid = PointGrid.Of(
                    new()
                    {
                        PointsPerSide = record.GetProperty("n_per_side").GetInt32(),
                        CropNPointsDownscaleFactor = record.GetProperty("scale_per_layer").GetInt32(),
                    },
                    layer);
                var expected = grids[layer].EnumerateArray().Select(point => (point[0].GetDouble(), point[1].GetDouble())).ToArray();
                Assert.Equal(expected.Length, grid.Length);
                Assert.All(expected.Zip(grid), pair =>
                {
                    Assert.Equal(pair.First.Item1, pair.Second.X, 1e-12);
                    Assert.Equal(pair.First.Item2, pair.Second.Y, 1e-12);
                });
            }
        }
    }

    [ReferenceFact]
    public void CropLayers_RecordedImages_IsEqual()
    {
        foreach (var record in Cases("crop_boxes"))
        {
            var boxes = CropLayers.Boxes(
                record.GetProperty("im_size_hw")[1].GetInt32(),
                record.GetProperty("im_size_hw")[0].GetInt32(),
                record.GetProperty("n_layers").GetInt32(),
                record.GetProperty("overlap_ratio").GetDouble());

            Assert.Equal(
                record.GetProperty("crop_boxes_xyxy").EnumerateArray().Select(Box).Zip(
                    record.GetProperty("layer_idxs").EnumerateArray().Select(layer => layer.GetInt32())),
                boxes);
        }
    }

    [ReferenceFact]
    public void CropEdges_RecordedBoxes_IsEqual()
    {
        foreach (var record in Cases("is_box_near_crop_edge"))
        {
            var crop = Box(record.GetProperty("crop_box"));
            var image = Box(record.GetProperty("orig_box"));
            var boxes = record.GetProperty("boxes").EnumerateArray().Select(Box);

            Assert.Equal(
                record.GetProperty("near").EnumerateArray().Select(near => near.GetBoolean()),
                boxes.Select(box => CropEdges.IsCut(
                    crop.X + box.X, crop.Y + box.Y, crop.X + box.X + box.Width, crop.Y + box.Y + box.Height,
                    crop, image.Width, image.Height)));
        }
    }

    private static JsonElement[] Cases(string name) =>
        [.. ReferenceFiles.Json($"utils/{name}.json").GetProperty("cases").EnumerateArray()];

    private static PixelRect Box(JsonElement xyxy)
    {
        int[] n = [.. xyxy.EnumerateArray().Select(value => value.GetInt32())];
        return new PixelRect(n[0], n[1], n[2] - n[0], n[3] - n[1]);
    }
}
