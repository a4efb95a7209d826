using NetVips;
using VisionCluster.Cli.Drawing;
using VisionCluster.Contracts.Detection;

namespace VisionCluster.Cli.Tests.Drawing;

public sealed class CanvasTests
{
    private const int Side = 200;

    private static readonly Swatch Red = new("red", 255, 0, 0);

    [Fact]
    public void Mask_Square_TintsItsInsideAndDrawsItsEdge()
    {
        var canvas = Blank();
        canvas.Mask(Square(50, 150), Red);

        var pixels = Read(canvas);

        Assert.Equal((0, 0, 0), pixels(49, 100));
        Assert.Equal((255, 0, 0), pixels(50, 100));
        Assert.Equal((115, 0, 0), pixels(100, 100));
    }

    [Fact]
    public void Box_PartlyOutside_IsCutAtTheEdge()
    {
        var canvas = Blank();
        canvas.Box(new PixelBox(-20, 50, 260, 120), Red);

        var pixels = Read(canvas);

        Assert.Equal((255, 0, 0), pixels(0, 50));
        Assert.Equal((0, 0, 0), pixels(199, 80));
    }

    [Fact]
    public void Label_WrittenTwiceInOnePlace_CoversNothing()
    {
        var canvas = Blank();
        canvas.Label(20, 100, "first & <one>", Red);
        canvas.Label(20, 100, "second", Red);

        Assert.Equal(2, canvas.Plates.Count);
        Assert.True(canvas.Plates[1].Y1 <= canvas.Plates[0].Y0 || canvas.Plates[1].Y0 >= canvas.Plates[0].Y1);
        var pixels = Read(canvas);
        var plate = canvas.Plates[0];
        Assert.Contains(
            Enumerable.Range(plate.X0, plate.X1 - plate.X0), x => pixels(x, (plate.Y0 + plate.Y1) / 2).G > 200);
    }

    [Fact]
    public void Label_BeyondTheEdges_IsMovedInside()
    {
        var canvas = Blank();
        canvas.Label(1000, -1000, "corner", Red);

        Assert.Equal((Side, 0), (canvas.Plates[0].X1, canvas.Plates[0].Y0));
    }

    private static Canvas Blank()
    {
        using var black = Image.Black(Side, Side, bands: 3);
        return Canvas.FromFile(black.PngsaveBuffer());
    }

    private static MaskBitmap Square(int from, int to) => new(Side, Side, [.. Enumerable.Range(0, Side * Side)
        .Select(i => i % Side >= from && i % Side < to && i / Side >= from && i / Side < to ? (byte)1 : (byte)0)]);

    private static Func<int, int, (int R, int G, int B)> Read(Canvas canvas)
    {
        using var image = Image.NewFromBuffer(canvas.ToPng());
        var pixels = image.WriteToMemory<byte>();
        return (x, y) => (pixels[3 * ((y * Side) + x)], pixels[(3 * ((y * Side) + x)) + 1], pixels[(3 * ((y * Side) + x)) + 2]);
    }
}
