using NetVips;

namespace VisionCluster.Inference.Imaging;

/// <summary>Encodes pictures as baseline JPEG.</summary>
public static class JpegWriter
{
    /// <summary>With a quality from 1 to 100.</summary>
    public static byte[] Write(RgbImage image, int quality = 90)
    {
        ArgumentNullException.ThrowIfNull(image);
        using Image raw = RawPixels.Wrap(image.Pixels.Span, image.Width, image.Height, 3);
        return raw.JpegsaveBuffer(q: quality, keep: Enums.ForeignKeep.None);
    }
}
