using VisionCluster.Inference.Masks;

namespace VisionCluster.Inference.Tests.Masks;

public sealed class BoxNmsTests
{
    private static readonly float[] _threeEqual = [0, 0, 10, 10, 0, 0, 10, 10, 0, 0, 10, 10];

    [Fact]
    public void Keep_EqualBoxesOfEqualScore_KeepsTheFirst() =>
        Assert.Equal([0], BoxNms.Keep(_threeEqual, [0.5f, 0.5f, 0.5f], 0.5f));

    [Fact]
    public void Keep_EqualScoresApart_KeepsTheOrderGiven() => Assert.Equal(
        [2, 0, 1], BoxNms.Keep([0, 0, 1, 1, 5, 5, 6, 6, 9, 9, 10, 10], [0.5f, 0.5f, 0.7f], 0.5f));

    [Theory]
    [InlineData(0.5f, 2)]
    [InlineData(0.49f, 1)]
    public void Keep_OverlapOfExactlyTheThreshold_IsAllowed(float threshold, int kept)
    {
        // 2 x 1 and 1 x 1 inside it: 1 / 2.
        float[] boxes = [0, 0, 2, 1, 0, 0, 1, 1];

        Assert.Equal(kept, BoxNms.Keep(boxes, [0.9f, 0.8f], threshold).Length);
    }

    [Fact]
    public void Keep_BoxesOfOtherClasses_DoNotSuppress() =>
        Assert.Equal([1, 0], BoxNms.Keep(_threeEqual, [0.5f, 0.6f, 0.4f], [1, 2, 1], 0.5f));

    [Fact]
    public void Keep_SuppressedBox_SuppressesNothing()
    {
        // Each overlaps the next by more than the threshold, but not the one after it.
        float[] boxes = [0, 0, 10, 1, 3, 0, 13, 1, 6, 0, 16, 1];

        Assert.Equal([0, 2], BoxNms.Keep(boxes, [0.9f, 0.8f, 0.7f], 0.4f));
    }

    [Fact]
    public void Keep_ScoreThatIsNoNumber_ComesLast() =>
        Assert.Equal([1, 0], BoxNms.Keep([0, 0, 1, 1, 5, 5, 6, 6], [float.NaN, 0.1f], 0.5f));

    [Fact]
    public void Keep_EmptyBoxes_StayAndSuppressNothing() =>
        Assert.Equal([0, 1], BoxNms.Keep([3, 3, 3, 3, 3, 3, 3, 3], [0.9f, 0.8f], 0.5f));

    [Fact]
    public void Keep_NoBoxes_KeepsNone() => Assert.Empty(BoxNms.Keep([], [], 0.5f));

    [Fact]
    public void Keep_NumbersThatDoNotFit_Throws() =>
        Assert.Throws<ArgumentException>(() => BoxNms.Keep([0, 0, 1], [0.5f], 0.5f));
}
