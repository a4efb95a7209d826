using System.Buffers.Binary;

namespace VisionCluster.Inference.Imaging;

/// <summary>The formats that are decoded, told by their first bytes.</summary>
internal static class ImageFormats
{
    /// <summary>The format's name; null for anything else.</summary>
    public static string? Recognise(ReadOnlySpan<byte> encoded) => encoded switch
    {
        [0xFF, 0xD8, 0xFF, ..] => "jpeg",
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "png",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => "gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "webp",
        [(byte)'I', (byte)'I', (byte)'*', 0, ..] or [(byte)'M', (byte)'M', 0, (byte)'*', ..] => "tiff",
        [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, ..] => "bmp",
        _ => null,
    };

    /// <summary>Size that a PNG's header declares; null where it is cut off before, or is no header.</summary>
    public static (int Width, int Height)? PngSize(ReadOnlySpan<byte> encoded)
    {
        const int TypeAt = 12;
        const int WidthAt = 16;
        const int HeightAt = 20;
        return encoded.Length >= HeightAt + sizeof(int) && encoded[TypeAt..WidthAt].SequenceEqual("IHDR"u8)
            ? (Saturated(encoded[WidthAt..]), Saturated(encoded[HeightAt..]))
            : null;

        static int Saturated(ReadOnlySpan<byte> number) =>
            (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(number), int.MaxValue);
    }
}
