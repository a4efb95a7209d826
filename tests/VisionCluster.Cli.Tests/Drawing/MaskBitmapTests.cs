using VisionCluster.Cli.Drawing;

namespace VisionCluster.Cli.Tests.Drawing;

public sealed class MaskBitmapTests
{
    [Fact]
    public void MostInterior_Ring_IsInTheRingAndNotInItsHole()
    {
        // 9 x 7, a frame two pixels thick at the left and one elsewhere.
        var mask = Draw(9, 7, (x, y) => x < 3 || x == 8 || y == 0 || y == 6);

        var (x, y) = mask.MostInterior();

        Assert.True(mask[x, y]);
        Assert.Equal(1, x);
    }

    [Fact]
    public void MostInterior_FullMask_IsItsMiddle() => Assert.Equal((2, 2), Draw(5, 5, (_, _) => true).MostInterior());

    [Fact]
    public void MostInterior_MaskThatTouchesBothSides_DoesNotWrapAround()
    {
        var mask = Draw(8, 3, (x, _) => x is 0 or 7 or 3 or 4 or 5);

        Assert.Equal((4, 1), mask.MostInterior());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1 / 3.0)]
    [InlineData(2, 0)]
    public void IntersectionOverUnion_ShiftedSquares_IsTheSharedShare(int shift, double expected)
    {
        var one = Draw(6, 6, (x, y) => x < 2 && y < 2);
        var other = Draw(6, 6, (x, y) => x >= shift && x < shift + 2 && y < 2);

        Assert.Equal(expected, one.IntersectionOverUnion(other), 6);
    }

    [Fact]
    public void IntersectionOverUnion_EmptyMasks_IsZero() =>
        Assert.Equal(0, Draw(2, 2, (_, _) => false).IntersectionOverUnion(Draw(2, 2, (_, _) => false)));

    private static MaskBitmap Draw(int width, int height, Func<int, int, bool> inside) => new(
        width,
        height,
        [.. Enumerable.Range(0, width * height).Select(i => inside(i % width, i / width) ? (byte)1 : (byte)0)]);
}
