using VisionCluster.Inference.Imaging;

namespace VisionCluster.Benchmarks.Masks;

/// <summary>
/// Masks drawn the straightforward way, as the Python reference does it: logits to the model's square, cut, to the
/// picture's size, every pixel compared, then the runs of the picture's pixels.
/// </summary>
internal static class PlainMasks
{
    public static byte[] Draw(float[] lowRes, int lowSide, int modelSize, ResizeGeometry geometry, float threshold)
    {
        var full = Logits(lowRes, lowSide, modelSize, geometry);
        var mask = new byte[full.Length];
        for (var i = 0; i < full.Length; i++)
        {
            mask[i] = full[i] > threshold ? (byte)1 : (byte)0;
        }

        return mask;
    }

    /// <summary>Logits of the picture's size, row-major.</summary>
    public static float[] Logits(float[] lowRes, int lowSide, int modelSize, ResizeGeometry geometry)
    {
        var square = Resize(lowRes, lowSide, lowSide, lowSide, modelSize, modelSize);
        return Resize(
            square, modelSize, geometry.ResizedHeight, geometry.ResizedWidth, geometry.SourceHeight, geometry.SourceWidth);
    }

    /// <summary>Bilinear interpolation with align_corners false of the upper left part of rows of a stride.</summary>
    private static float[] Resize(float[] source, int stride, int height, int width, int newHeight, int newWidth)
    {
        var result = new float[newHeight * newWidth];
        for (var y = 0; y < newHeight; y++)
        {
            var (y0, y1, v) = Position(y, height, newHeight);
            for (var x = 0; x < newWidth; x++)
            {
                var (x0, x1, u) = Position(x, width, newWidth);
                var top = (source[(y0 * stride) + x0] * (1 - u)) + (source[(y0 * stride) + x1] * u);
                var bottom = (source[(y1 * stride) + x0] * (1 - u)) + (source[(y1 * stride) + x1] * u);
                result[(y * newWidth) + x] = (top * (1 - v)) + (bottom * v);
            }
        }

        return result;
    }

    private static (int First, int Second, float Weight) Position(int output, int size, int newSize)
    {
        var position = Math.Max(0, ((output + 0.5f) * size / newSize) - 0.5f);
        var first = Math.Min((int)position, size - 1);
        return (first, Math.Min(first + 1, size - 1), position - first);
    }
}
