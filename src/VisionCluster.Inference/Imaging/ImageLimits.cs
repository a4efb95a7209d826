using System.ComponentModel.DataAnnotations;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Imaging;

/// <summary>
/// What a picture may cost, section <c>Vision:Images</c>. All but the time are known from the header, before any
/// pixel is decoded.
/// </summary>
public sealed class ImageLimits
{
    /// <summary>Encoded bytes.</summary>
    [Range(1, 1L << 30)]
    public long MaxBytes { get; set; } = 32L << 20;

    /// <summary>Width times height; a decoded pixel takes three bytes, and up to eight while it is decoded.</summary>
    [Range(1, 500_000_000)]
    public long MaxPixels { get; set; } = 64_000_000;

    /// <summary>Pixels of the longer side.</summary>
    [Range(1, 65_535)]
    public int MaxSide { get; set; } = 30_000;

    /// <summary>Longer side over shorter side.</summary>
    [Range(1, 65_535)]
    public double MaxAspectRatio { get; set; } = 1000;

    /// <summary>Frames or pages of a GIF, WebP or TIFF; only the first is ever decoded.</summary>
    [Range(1, 100_000)]
    public int MaxFrames { get; set; } = 1000;

    /// <summary>After this a decode is given up.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan DecodeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Refuses a size that costs too much.</summary>
    /// <exception cref="VisionException">
    /// <see cref="VisionErrorCode.ImageTooLarge"/>, or <see cref="VisionErrorCode.CorruptImage"/> for no pixels.
    /// </exception>
    internal void Check(long width, long height)
    {
        if (width < 1 || height < 1)
        {
            throw new VisionException(VisionErrorCode.CorruptImage, $"The image is {width}x{height} pixels.");
        }

        (long shorter, long longer) = (Math.Min(width, height), Math.Max(width, height));
        if (longer > MaxSide || longer * shorter > MaxPixels || longer > MaxAspectRatio * shorter)
        {
            throw new VisionException(
                VisionErrorCode.ImageTooLarge,
                $"The image is {width}x{height} pixels; allowed are {MaxPixels} pixels, {MaxSide} a side and sides "
                + $"of up to {MaxAspectRatio} to 1.");
        }
    }
}
