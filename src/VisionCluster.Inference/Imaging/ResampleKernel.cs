using System.Buffers;

namespace VisionCluster.Inference.Imaging;

/// <summary>
/// One axis of a resize: for each output pixel its first source pixel and fixed-point weights of 22 bits, as Pillow's
/// Resample.c defines them. A weight is stored as weight = high * 2^15 + low, both of 16 bits, so that products with
/// pixels fit a multiply-add of 16-bit pairs; per group of four source pixels four highs are followed by four lows.
/// </summary>
internal readonly ref struct ResampleKernel
{
    /// <summary>Bits behind the point of a weight.</summary>
    public const int Precision = 22;

    /// <summary>Bits of the lower half of a weight.</summary>
    public const int LowBits = 15;

    private readonly int[] _bounds;
    private readonly short[] _weights;

    /// <summary>Weights of output pixels <paramref name="first"/> to first + count - 1.</summary>
    public ResampleKernel(int sourceSize, int resizedSize, int first, int count, Interpolation filter)
    {
        double scale = (double)sourceSize / resizedSize;
        double stretch = Math.Max(scale, 1);
        double support = (filter == Interpolation.Bicubic ? 2 : 1) * stretch;
        int taps = ((int)Math.Ceiling(support) * 2) + 1;
        Count = count;
        MaxTaps = taps;
        Stride = 8 * ((taps + 3) / 4);
        _bounds = ArrayPool<int>.Shared.Rent(2 * count);
        _weights = ArrayPool<short>.Shared.Rent(checked(Stride * count));
        double[] exact = ArrayPool<double>.Shared.Rent(taps);
        for (int i = 0; i < count; i++)
        {
            double center = (first + i + 0.5) * scale;
            int start = Math.Max((int)(center - support + 0.5), 0);
            int length = Math.Min((int)(center + support + 0.5), sourceSize) - start;
            double sum = 0;
            for (int t = 0; t < length; t++)
            {
                exact[t] = Weight(filter, (t + start - center + 0.5) * (1 / stretch));
                sum += exact[t];
            }

            (_bounds[2 * i], _bounds[(2 * i) + 1]) = (start, length);
            Quantize(exact.AsSpan(0, length), sum, _weights.AsSpan(Stride * i, Stride));
        }

        ArrayPool<double>.Shared.Return(exact);
    }

    /// <summary>Output pixels.</summary>
    public int Count { get; }

    /// <summary>The most source pixels of one output pixel.</summary>
    public int MaxTaps { get; }

    /// <summary>Numbers of one output pixel in the weights.</summary>
    public int Stride { get; }

    /// <summary>The first source pixel of an output pixel.</summary>
    public int Start(int i) => _bounds[2 * i];

    /// <summary>How many source pixels an output pixel has.</summary>
    public int Taps(int i) => _bounds[(2 * i) + 1];

    /// <summary>The weights of an output pixel, zeros behind the last.</summary>
    public ReadOnlySpan<short> Weights(int i) => _weights.AsSpan(Stride * i, Stride);

    /// <summary>One weight put together.</summary>
    public static int Join(ReadOnlySpan<short> weights, int tap)
    {
        int at = (8 * (tap >> 2)) + (tap & 3);
        return (weights[at] << LowBits) + weights[at + 4];
    }

    /// <summary>Gives the buffers back.</summary>
    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_bounds);
        ArrayPool<short>.Shared.Return(_weights);
    }

    private static void Quantize(ReadOnlySpan<double> exact, double sum, Span<short> weights)
    {
        weights.Clear();
        for (int t = 0; t < exact.Length; t++)
        {
            double weight = sum == 0 ? exact[t] : exact[t] / sum;
            int rounded = (int)((weight < 0 ? -0.5 : 0.5) + (weight * (1 << Precision)));
            int at = (8 * (t >> 2)) + (t & 3);
            weights[at] = (short)(rounded >> LowBits);
            weights[at + 4] = (short)(rounded & ((1 << LowBits) - 1));
        }
    }

    private static double Weight(Interpolation filter, double x)
    {
        x = Math.Abs(x);
        if (filter == Interpolation.Bilinear)
        {
            return x < 1 ? 1 - x : 0;
        }

        const double a = -0.5;
        return x switch
        {
            < 1 => ((((a + 2) * x) - (a + 3)) * x * x) + 1,
            < 2 => ((((x - 5) * x) + 8) * x - 4) * a,
            _ => 0,
        };
    }
}
