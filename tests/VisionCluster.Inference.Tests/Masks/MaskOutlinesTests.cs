using CsCheck;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Masks;

namespace VisionCluster.Inference.Tests.Masks;

public sealed class MaskOutlinesTests
{
    [Fact]
    public void Trace_AnyMask_FillsToTheSamePixels() =>
        (from width in Gen.Int[1, 14]
         from height in Gen.Int[1, 14]
         from pixels in Gen.Byte[0, 1].Array[width * height]
         select (width, height, pixels)).Sample(
            t => Assert.Equal(t.pixels, Fill(Trace(t.pixels, t.height, t.width), t.height, t.width)), iter: 2000);

    [Fact]
    public void Trace_RingWithIslandInside_GivesTwoPolygonsOneWithAHole()
    {
        byte[] ring =
        [
            1, 1, 1, 1, 1,
            1, 0, 0, 0, 1,
            1, 0, 1, 0, 1,
            1, 0, 0, 0, 1,
            1, 1, 1, 1, 1,
        ];

        var polygons = Trace(ring, 5, 5);

        Assert.Equal(2, polygons.Count);
        Assert.Equal(new HashSet<(int, int)> { (0, 0), (5, 0), (5, 5), (0, 5) }, Corners(polygons[0].Exterior));
        Assert.Equal(new HashSet<(int, int)> { (1, 1), (4, 1), (4, 4), (1, 4) }, Corners(Assert.Single(polygons[0].Holes)));
        Assert.Equal(new HashSet<(int, int)> { (2, 2), (3, 2), (3, 3), (2, 3) }, Corners(polygons[1].Exterior));
        Assert.Empty(polygons[1].Holes);
    }

    [Fact]
    public void Trace_PixelsThatTouchAtACorner_AreTwoPolygons() =>
        Assert.Equal([4, 4], Trace([1, 0, 0, 1], 2, 2).Select(polygon => polygon.Exterior.Count / 2));

    [Fact]
    public void Trace_HolesThatTouchAtACorner_AreOneHole()
    {
        byte[] mask =
        [
            1, 1, 1, 1,
            1, 0, 1, 1,
            1, 1, 0, 1,
            1, 1, 1, 1,
        ];

        Assert.Equal(8, Assert.Single(Assert.Single(Trace(mask, 4, 4)).Holes).Count / 2);
    }

    [Fact]
    public void Trace_EmptyMask_GivesNothing() => Assert.Empty(Trace(new byte[12], 3, 4));

    private static IReadOnlyList<MaskPolygon> Trace(byte[] pixels, int height, int width)
    {
        var runs = MaskRuns.Find(pixels, height, width);
        return MaskOutlines.Trace(new MaskResult(height, width, runs, MaskRuns.Area(runs), default(PixelRect)));
    }

    /// <summary>Even-odd fill: a pixel is inside where a ray to the left crosses upright edges an odd number of times.</summary>
    private static byte[] Fill(IReadOnlyList<MaskPolygon> polygons, int height, int width)
    {
        var pixels = new byte[width * height];
        foreach (var polygon in polygons)
        {
            foreach (var outline in polygon.Holes.Prepend(polygon.Exterior))
            {
                for (var i = 0; i < outline.Count; i += 2)
                {
                    var next = (i + 2) % outline.Count;
                    Assert.True(outline[i] == outline[next] ^ outline[i + 1] == outline[next + 1]);
                    var (top, end) = (Math.Min(outline[i + 1], outline[next + 1]), Math.Max(outline[i + 1], outline[next + 1]));
                    for (var y = top; y < end; y++)
                    {
                        for (var x = outline[i]; x < width; x++)
                        {
                            pixels[(y * width) + x] ^= 1;
                        }
                    }
                }
            }
        }

        return pixels;
    }

    private static HashSet<(int X, int Y)> Corners(IReadOnlyList<int> outline) =>
        [.. Enumerable.Range(0, outline.Count / 2).Select(i => (outline[2 * i], outline[(2 * i) + 1]))];
}
