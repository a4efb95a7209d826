using NetVips;

namespace VisionCluster.Inference.Imaging;

/// <summary>Encodes 8-bit pixels as PNG.</summary>
public static class PngWriter
{
    // Masks and overlays are flat; the fastest level of deflate already shrinks them as far as matters.
    private const int Level = 2;

    /// <summary>One channel, rows from the top.</summary>
    /// <exception cref="ArgumentException">The pixels are not width * height bytes.</exception>
    public static byte[] WriteGray(ReadOnlySpan<byte> pixels, int width, int height) =>
        Write(pixels, width, height, 1);

    /// <summary>Three channels.</summary>
    public static byte[] WriteRgb(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Write(image.Pixels.Span, image.Width, image.Height, 3);
    }

    private static byte[] Write(ReadOnlySpan<byte> pixels, int width, int height, int bands)
    {
        using var raw = RawPixels.Wrap(pixels, width, height, bands);
        return raw.PngsaveBuffer(compression: Level, filter: bands == 1
            ? Enums.ForeignPngFilter.None : Enums.ForeignPngFilter.All, keep: Enums.ForeignKeep.None);
    }
}
