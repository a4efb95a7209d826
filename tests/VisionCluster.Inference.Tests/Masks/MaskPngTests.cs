using CsCheck;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Masks;

namespace VisionCluster.Inference.Tests.Masks;

public sealed class MaskPngTests
{
    [Fact]
    public void Write_AnyMask_DecodesToTheMask() =>
        (from width in Gen.Int[1, 70]
         from height in Gen.Int[1, 70]
         from pixels in Gen.Bool.Array[width * height]
         select (width, height, pixels)).Sample(
            t =>
            {
                byte[] rows = [.. t.pixels.Select(inside => inside ? (byte)1 : (byte)0)];
                uint[] runs = MaskRuns.Find(rows, t.height, t.width);
                var mask = new MaskResult(t.height, t.width, runs, MaskRuns.Area(runs), MaskRuns.Box(runs, t.height));

                RgbImage decoded = new VipsImageCodec(new ImageLimits()).Decode(MaskPng.Write(mask), CancellationToken.None);

                Assert.Equal((t.width, t.height), (decoded.Width, decoded.Height));
                byte[] expected = [.. t.pixels.SelectMany(inside => Enumerable.Repeat(inside ? (byte)255 : (byte)0, 3))];
                Assert.Equal(expected, decoded.Pixels.ToArray());
            },
            iter: 50);

    [Fact]
    public void Write_Mask_IsOneGreyChannel()
    {
        uint[] runs = [0, 4];

        byte[] png = MaskPng.Write(new MaskResult(2, 2, runs, 4, new PixelRect(0, 0, 2, 2)));

        // Bit depth and colour type of the header.
        Assert.Equal((8, 0), (png[24], png[25]));
    }
}
