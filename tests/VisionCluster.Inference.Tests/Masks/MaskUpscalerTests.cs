using CsCheck;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Masks;

namespace VisionCluster.Inference.Tests.Masks;

public sealed class MaskUpscalerTests
{
    [Fact]
    public void Upscale_AnyLogits_EqualsTwoFullInterpolations() =>
        (from low in Gen.Int[1, 70]
         from model in Gen.Int[1, 300]
         from width in Gen.Int[1, 200]
         from height in Gen.Int[1, 200]
         from threshold in Gen.Float[-1, 1]
         from logits in Gen.Float[-2, 2].Array[low * low]
         select (low, model, width, height, threshold, logits)).Sample(
            t =>
            {
                var options = Imaging.Models.Sam with { Size = t.model };
                var geometry = ResizeGeometry.For(options, t.width, t.height);
                MaskResult mask = new MaskUpscaler().Upscale(t.logits, t.low, t.low, t.model, geometry, t.threshold);
                double[] square = Interpolate([.. t.logits.Select(v => (double)v)], t.low, t.low, t.low, t.model, t.model);
                double[] full = Interpolate(
                    square, t.model, geometry.ResizedHeight, geometry.ResizedWidth, t.height, t.width);
                byte[] rows = CocoRleCodec.Decode(mask.ToRle());

                Assert.All(
                    rows.Zip(full),
                    p => Assert.True(Math.Abs(p.Second - t.threshold) < 1e-4 || (p.First != 0) == (p.Second > t.threshold)));
                Assert.Equal(rows.Count(b => b != 0), mask.Area);
            },
            iter: 200);

    [Fact]
    public void Upscale_LogitsOfAnotherSize_Throws() => Assert.Throws<ArgumentException>(() =>
        new MaskUpscaler().Upscale(new float[15], 4, 4, 8, new ResizeGeometry(8, 8, 8, 8, 0, 0), 0));

    // Torch's bilinear interpolation with align_corners false, of the upper left part of rows of a given stride.
    private static double[] Interpolate(double[] source, int stride, int height, int width, int newHeight, int newWidth)
    {
        double[] result = new double[newHeight * newWidth];
        for (int y = 0; y < newHeight; y++)
        {
            (int y0, int y1, double v) = Position(y, height, newHeight);
            for (int x = 0; x < newWidth; x++)
            {
                (int x0, int x1, double u) = Position(x, width, newWidth);
                double top = (source[(y0 * stride) + x0] * (1 - u)) + (source[(y0 * stride) + x1] * u);
                double bottom = (source[(y1 * stride) + x0] * (1 - u)) + (source[(y1 * stride) + x1] * u);
                result[(y * newWidth) + x] = (top * (1 - v)) + (bottom * v);
            }
        }

        return result;
    }

    private static (int First, int Second, double Weight) Position(int output, int size, int newSize)
    {
        double position = Math.Max(0, ((output + 0.5) * size / newSize) - 0.5);
        int first = Math.Min((int)position, size - 1);
        return (first, Math.Min(first + 1, size - 1), position - first);
    }
}
