using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using NetVips;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Gateway.Tests.Admission;

/// <summary>Synthetic pictures.</summary>
internal static class TestPictures
{
    public static byte[] Jpeg(int width, int height) => JpegWriter.Write(new RgbImage(width, height, Noise(width, height)), 90);

    public static byte[] Png(int width, int height)
    {
        using var image = Image.NewFromMemory(Noise(width, height), width, height, 3, Enums.BandFormat.Uchar);
        return image.PngsaveBuffer();
    }

    /// <summary>WebP and TIFF.</summary>
    public static byte[][] OtherFormats(int width, int height)
    {
        using var image = Image.NewFromMemory(Noise(width, height), width, height, 3, Enums.BandFormat.Uchar);
        return [image.WebpsaveBuffer(), image.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Lzw)];
    }

    /// <summary>24 bits a pixel, from the bottom up.</summary>
    public static byte[] Bmp(int width, int height)
    {
        const int header = 54;
        var bytes = new byte[header + (((width * 3) + 3) / 4 * 4 * height)];
        new Random(9).NextBytes(bytes);
        "BM"u8.CopyTo(bytes);
        int[] fields = [bytes.Length, 0, header, 40, width, height, 1 | (24 << 16), 0, 0, 0, 0, 0, 0];
        for (var i = 0; i < fields.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2 + (4 * i)), fields[i]);
        }

        return bytes;
    }

    /// <summary>Frames of one pixel each on a screen of some side.</summary>
    public static byte[] Gif(int frames, ushort side = 1)
    {
        var (low, high) = ((byte)side, (byte)(side >> 8));
        byte[] head = [.. "GIF89a"u8, low, high, low, high, 0x80, 0, 0, 0, 0, 0, 255, 255, 255];
        byte[] frame = [0x21, 0xF9, 4, 0, 1, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
        return [.. head, .. Enumerable.Repeat(frame, frames).SelectMany(static bytes => bytes), 0x3B];
    }

    /// <summary>A header that promises a picture, and nothing else.</summary>
    public static byte[] PngHeader(int width, int height)
    {
        var header = new byte[33];
        new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A }.CopyTo(header, 0);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), 13);
        "IHDR"u8.CopyTo(header.AsSpan(12));
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(20), height);
        (header[24], header[25]) = (8, 2);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(29), Crc32.HashToUInt32(header.AsSpan(12, 17)));
        return header;
    }

    /// <summary>100 MB of zeros, packed twice.</summary>
    public static byte[] NestedGzip() => Pack(Pack(new byte[100_000_000]));

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static byte[] Noise(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        new Random(7).NextBytes(pixels);
        return pixels;
    }
}
