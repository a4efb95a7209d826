using System.Text.Json;
using VisionCluster.Inference.Masks;
using VisionCluster.TestKit.ReferenceData;

namespace VisionCluster.Inference.Tests.Masks;

public sealed class SmallRegionsTests
{
    [ReferenceFact]
    public void Remove_RecordedMasks_IsEqualToTheReference()
    {
        foreach (var record in ReferenceFiles.Json("utils/remove_small_regions.json").GetProperty("cases").EnumerateArray())
        {
            var height = record.GetProperty("size_hw")[0].GetInt32();
            uint[] runs = Counts(record.GetProperty("mask_counts"));
            var area = record.GetProperty("area_thresh").GetDouble();

            var result = record.GetProperty("mode").GetString() == "holes"
                ? SmallRegions.FillHoles(runs, height, area)
                : SmallRegions.DropIslands(runs, height, area);

            Assert.Equal(Counts(record.GetProperty("out_counts")), result);
            Assert.Equal(record.GetProperty("changed").GetBoolean(), !ReferenceEquals(runs, result));
        }
    }

    [Fact]
    public void DropIslands_OnlySmallOnes_KeepsTheLargest() =>
        Assert.Equal([1u, 1, 3, 1, 3], SmallRegions.DropIslands([1, 1, 3, 2, 2], 3, 10));

    [Fact]
    public void FillHoles_MaskWithoutHole_IsTheSame()
    {
        uint[] runs = [10, 5, 85];

        Assert.Same(runs, SmallRegions.FillHoles(runs, 10, 4));
    }

    private static uint[] Counts(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetUInt32())];
}
