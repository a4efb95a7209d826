using System.Buffers;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Masks;

/// <summary>Masks as pictures.</summary>
public static class MaskPng
{
    /// <summary>An 8-bit grey PNG of the mask's size, 255 inside and 0 outside.</summary>
    public static byte[] Write(MaskResult mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        int length = checked(mask.Width * mask.Height);
        byte[] pixels = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            MaskRuns.Fill(mask.Runs.Span, mask.Height, mask.Width, pixels.AsSpan(0, length), 255);
            return PngWriter.WriteGray(pixels.AsSpan(0, length), mask.Width, mask.Height);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }
}
