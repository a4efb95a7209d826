using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Tests.Imaging;

/// <summary>Pillow's resize written down plainly: whole picture, 64-bit sums, no vectors.</summary>
internal static class PlainResize
{
    public static byte[] Run(RgbImage picture, ResizeGeometry geometry, int cutWidth, int cutHeight, Interpolation filter)
    {
        byte[] across = Axis(
            picture.Pixels.ToArray(), picture.Width, picture.Height, geometry.ResizedWidth, filter, columns: true);
        byte[] both = Axis(
            across, geometry.ResizedWidth, picture.Height, geometry.ResizedHeight, filter, columns: false);
        return [.. Enumerable.Range(geometry.CropY, cutHeight).SelectMany(y => both
            .Skip(3 * ((y * geometry.ResizedWidth) + geometry.CropX)).Take(3 * cutWidth))];
    }

    private static byte[] Axis(byte[] pixels, int width, int height, int size, Interpolation filter, bool columns)
    {
        int sourceSize = columns ? width : height;
        (int newWidth, int newHeight) = columns ? (size, height) : (width, size);
        byte[] result = new byte[3 * newWidth * newHeight];
        double scale = (double)sourceSize / size;
        double stretch = Math.Max(1, scale);
        double support = stretch * (filter == Interpolation.Bicubic ? 2 : 1);
        for (int i = 0; i < size; i++)
        {
            double center = (i + 0.5) * scale;
            int from = Math.Max(0, (int)(center - support + 0.5));
            int to = Math.Min(sourceSize, (int)(center + support + 0.5));
            double[] exact = [.. Enumerable.Range(from, to - from).Select(s => Weight(filter, (s - center + 0.5) * (1 / stretch)))];
            double sum = exact.Aggregate(0.0, (a, b) => a + b);
            long[] weights = [.. exact.Select(w => (long)((w < 0 ? -0.5 : 0.5) + (w / sum * (1 << 22))))];
            for (int other = 0; other < (columns ? height : width); other++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    long total = 1 << 21;
                    for (int s = from; s < to; s++)
                    {
                        int at = columns ? (other * width) + s : (s * width) + other;
                        total += weights[s - from] * pixels[(3 * at) + channel];
                    }

                    int target = columns ? (other * newWidth) + i : (i * newWidth) + other;
                    result[(3 * target) + channel] = (byte)Math.Clamp(total >> 22, 0, 255);
                }
            }
        }

        return result;
    }

    private static double Weight(Interpolation filter, double x)
    {
        x = Math.Abs(x);
        return filter == Interpolation.Bilinear ? Math.Max(0, 1 - x)
            : x < 1 ? (((1.5 * x) - 2.5) * x * x) + 1
            : x < 2 ? ((((x - 5) * x) + 8) * x - 4) * -0.5 : 0;
    }
}
