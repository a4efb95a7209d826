using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Tests.Imaging;

/// <summary>How far two pictures of one size are apart.</summary>
internal static class PixelDifference
{
    /// <summary>The largest difference of levels, and how many samples differ.</summary>
    public static (int Largest, int Count) Of(RgbImage a, RgbImage b)
    {
        Assert.Equal((a.Width, a.Height), (b.Width, b.Height));
        ReadOnlySpan<byte> first = a.Pixels.Span;
        ReadOnlySpan<byte> second = b.Pixels.Span;
        (int largest, int count) = (0, 0);
        for (int i = 0; i < first.Length; i++)
        {
            int difference = Math.Abs(first[i] - second[i]);
            largest = Math.Max(largest, difference);
            count += difference == 0 ? 0 : 1;
        }

        return (largest, count);
    }
}
