using System.Buffers.Binary;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Imaging;

/// <summary>
/// Windows bitmaps without compression, of 24 or 32 bits, which libvips does not read by itself. Others are refused
/// as <see cref="VisionErrorCode.UnsupportedImage"/>.
/// </summary>
internal static class BmpReader
{
    private const int HeaderBytes = 54;

    /// <summary>Size from the header, within limits.</summary>
    public static ImageHeader ReadHeader(ReadOnlySpan<byte> encoded, ImageLimits limits)
    {
        (int width, int height, _) = Parse(encoded, limits);
        return new ImageHeader(width, Math.Abs(height), "bmp");
    }

    /// <summary>The pixels; a fourth byte is ignored.</summary>
    public static RgbImage Decode(ReadOnlySpan<byte> encoded, ImageLimits limits)
    {
        (int width, int height, int channels) = Parse(encoded, limits);
        int rows = Math.Abs(height);
        long stride = ((channels * (long)width) + 3) & ~3L;
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(encoded[10..]);
        if (offset < HeaderBytes || offset + (stride * rows) > encoded.Length)
        {
            throw new VisionException(VisionErrorCode.CorruptImage, "The bitmap ends before its last row.");
        }

        byte[] rgb = GC.AllocateUninitializedArray<byte>(checked(3 * width * rows));
        for (int y = 0; y < rows; y++)
        {
            // Rows are stored from the bottom unless the height is negative.
            int stored = height < 0 ? y : rows - 1 - y;
            ReadOnlySpan<byte> row = encoded.Slice((int)(offset + (stride * stored)), channels * width);
            Span<byte> target = rgb.AsSpan(3 * width * y, 3 * width);
            for (int from = 0, to = 0; to < target.Length; from += channels, to += 3)
            {
                (target[to], target[to + 1], target[to + 2]) = (row[from + 2], row[from + 1], row[from]);
            }
        }

        return new RgbImage(width, rows, rgb);
    }

    private static (int Width, int Height, int Channels) Parse(ReadOnlySpan<byte> encoded, ImageLimits limits)
    {
        if (encoded.Length < HeaderBytes)
        {
            throw new VisionException(VisionErrorCode.CorruptImage, "The bitmap ends within its header.");
        }

        int width = BinaryPrimitives.ReadInt32LittleEndian(encoded[18..]);
        int height = BinaryPrimitives.ReadInt32LittleEndian(encoded[22..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(encoded[28..]);
        uint compression = BinaryPrimitives.ReadUInt32LittleEndian(encoded[30..]);
        bool known = BinaryPrimitives.ReadUInt32LittleEndian(encoded[14..]) >= 40;
        if (!known || bits is not (24 or 32) || compression != 0)
        {
            throw new VisionException(
                VisionErrorCode.UnsupportedImage, "Of bitmaps only uncompressed ones of 24 or 32 bits are read.");
        }

        limits.Check(width, Math.Abs((long)height));
        return (width, height, bits / 8);
    }
}
