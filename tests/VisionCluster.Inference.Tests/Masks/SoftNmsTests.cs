using VisionCluster.Inference.Masks;

namespace VisionCluster.Inference.Tests.Masks;

public sealed class SoftNmsTests
{
    // The second overlaps the first by 8/12, the third neither.
    private static readonly float[] Boxes = [0, 0, 10, 1, 2, 0, 12, 1, 20, 0, 30, 1];

    [Fact]
    public void Keep_OverlappingBox_LosesScoreByTheGaussianOfTheOverlap()
    {
        var kept = SoftNms.Keep(Boxes, [0.9f, 0.8f, 0.7f], 0.5f, 0);
        var overlap = 8f / 12;
        Assert.Equal([0, 2, 1], kept.Select(box => box.Index));
        Assert.Equal(0.8 * Math.Exp(-overlap * overlap / 0.5), kept[2].Score, 1e-6);
        Assert.Equal((0.9f, 0.7f), (kept[0].Score, kept[1].Score));
    }

    [Fact]
    public void Keep_LoweredToTheLeastScore_IsDropped() =>
        Assert.Equal([0, 2], SoftNms.Keep(Boxes, [0.9f, 0.8f, 0.7f], 0.5f, 0.4f).Select(box => box.Index));

    [Fact]
    public void Keep_SeveralBetterBoxes_LowersByEach()
    {
        float[] same = [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1];
        var kept = SoftNms.Keep(same, [1, 0.9f, 0.8f], 1, 0);
        Assert.Equal(0.9 * Math.Exp(-1), kept[1].Score, 1e-6);
        Assert.Equal(0.8 * Math.Exp(-2), kept[2].Score, 1e-6);
    }

    [Fact]
    public void Keep_ScoresThatAreNoNumbers_AreDropped() =>
        Assert.Equal([2], SoftNms.Keep(Boxes, [float.NaN, float.NaN, 0.5f], 0.5f, 0).Select(box => box.Index));
}
