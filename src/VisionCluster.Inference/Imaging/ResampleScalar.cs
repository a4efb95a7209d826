namespace VisionCluster.Inference.Imaging;

/// <summary>The two passes without vector instructions.</summary>
internal static class ResampleScalar
{
    private const int Half = 1 << (ResampleKernel.Precision - 1);

    /// <summary>One row of interleaved RGB into one of the kernel's width.</summary>
    public static void Shrink(ReadOnlySpan<byte> source, in ResampleKernel columns, Span<byte> target)
    {
        for (int x = 0; x < columns.Count; x++)
        {
            (int r, int g, int b) = (Half, Half, Half);
            ReadOnlySpan<short> weights = columns.Weights(x);
            ReadOnlySpan<byte> pixels = source.Slice(3 * columns.Start(x), 3 * columns.Taps(x));
            for (int t = 0; 3 * t < pixels.Length; t++)
            {
                int weight = ResampleKernel.Join(weights, t);
                r += weight * pixels[3 * t];
                g += weight * pixels[(3 * t) + 1];
                b += weight * pixels[(3 * t) + 2];
            }

            target[3 * x] = Clip(r);
            target[(3 * x) + 1] = Clip(g);
            target[(3 * x) + 2] = Clip(b);
        }
    }

    /// <summary>One output row from the rows of a ring.</summary>
    public static void Blend(
        ReadOnlySpan<byte> ring, int stride, int ringRows, in ResampleKernel rows, int y, Span<byte> target, int bytes)
    {
        ReadOnlySpan<short> weights = rows.Weights(y);
        for (int x = 0; x < bytes; x++)
        {
            int sum = Half;
            for (int t = 0; t < rows.Taps(y); t++)
            {
                sum += ResampleKernel.Join(weights, t) * ring[((rows.Start(y) + t) % ringRows * stride) + x];
            }

            target[x] = Clip(sum);
        }
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResampleKernel.Precision, 0, 255);
}
