namespace VisionCluster.Inference.Imaging;

/// <summary>A decoded picture: 8-bit sRGB, three interleaved channels, rows from the top without padding.</summary>
public sealed class RgbImage
{
    /// <summary>Takes over <paramref name="pixels"/>, which must hold exactly 3 * width * height bytes.</summary>
    /// <exception cref="ArgumentException">The sizes are not positive or do not fit the pixels.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Length != 3L * width * height)
        {
            throw new ArgumentException($"{width}x{height} needs {3L * width * height} bytes, not {pixels.Length}.");
        }

        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>R, G, B of the first row's first pixel and so on; the stride is 3 * <see cref="Width"/>.</summary>
    public ReadOnlyMemory<byte> Pixels { get; }

    /// <summary>What the pixels take in memory.</summary>
    public long Bytes => Pixels.Length;
}
