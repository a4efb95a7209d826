using System.Buffers.Binary;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Tests.Imaging;

/// <summary>Synthetic pictures.</summary>
internal static class Pictures
{
    public static RgbImage Noise(int width, int height, int seed)
    {
        byte[] pixels = new byte[3 * width * height];
        new Random(seed).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    /// <summary>An uncompressed 24-bit bitmap, rows from the bottom.</summary>
    public static byte[] Bitmap(RgbImage picture)
    {
        int stride = ((3 * picture.Width) + 3) & ~3;
        byte[] bytes = new byte[54 + (stride * picture.Height)];
        (bytes[0], bytes[1]) = ((byte)'B', (byte)'M');
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), picture.Width);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), picture.Height);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(28), 24);
        ReadOnlySpan<byte> pixels = picture.Pixels.Span;
        for (int i = 0; i < pixels.Length; i++)
        {
            (int y, int x) = (i / (3 * picture.Width), i % (3 * picture.Width));
            bytes[54 + (stride * (picture.Height - 1 - y)) + (x / 3 * 3) + 2 - (x % 3)] = pixels[i];
        }

        return bytes;
    }

    /// <summary>The checksum of a PNG chunk.</summary>
    public static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
        }

        return ~crc;
    }
}
