using System.Buffers.Binary;
using System.Text;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Imaging.Isolation;

/// <summary>
/// What goes through the pipes, little endian. There: kind, length, the picture. Back: whether it went well; then for a header
/// width, height, format, for a decode width, height, RGB, else code and message. What comes back is trusted no further than its
/// limits: the other side may be in a stranger's hands.
/// </summary>
internal static class DecoderFrames
{
    public const byte Header = 1;
    public const byte Pixels = 2;

    private const byte Good = 1;
    private const byte Bad = 0;
    private const int MaxText = 4096;

    public static void WriteRequest(Stream stream, byte kind, ReadOnlySpan<byte> encoded)
    {
        stream.WriteByte(kind);
        WriteNumber(stream, encoded.Length);
        stream.Write(encoded);
        stream.Flush();
    }

    /// <summary>Null where the other side has closed.</summary>
    public static (byte Kind, byte[] Encoded)? ReadRequest(Stream stream)
    {
        var kind = stream.ReadByte();
        if (kind < 0)
        {
            return null;
        }

        var encoded = new byte[ReadNumber(stream)];
        stream.ReadExactly(encoded);
        return ((byte)kind, encoded);
    }

    public static void WriteHeader(Stream stream, ImageHeader header)
    {
        stream.WriteByte(Good);
        WriteNumber(stream, header.Width);
        WriteNumber(stream, header.Height);
        WriteText(stream, header.Format);
        stream.Flush();
    }

    public static void WritePixels(Stream stream, RgbImage image)
    {
        stream.WriteByte(Good);
        WriteNumber(stream, image.Width);
        WriteNumber(stream, image.Height);
        stream.Write(image.Pixels.Span);
        stream.Flush();
    }

    public static void WriteError(Stream stream, VisionException error)
    {
        stream.WriteByte(Bad);
        WriteNumber(stream, (int)error.Code);
        WriteText(stream, error.Message);
        stream.Flush();
    }

    /// <exception cref="VisionException">What the other side says.</exception>
    /// <exception cref="InvalidDataException">It says what no decoder says.</exception>
    public static ImageHeader ReadHeader(Stream stream, ImageLimits limits)
    {
        var (width, height) = ReadSize(stream, limits);
        return new ImageHeader(width, height, ReadText(stream));
    }

    /// <inheritdoc cref="ReadHeader"/>
    public static RgbImage ReadPixels(Stream stream, ImageLimits limits)
    {
        var (width, height) = ReadSize(stream, limits);
        var pixels = GC.AllocateUninitializedArray<byte>(checked(3 * width * height));
        stream.ReadExactly(pixels);
        return new RgbImage(width, height, pixels);
    }

    private static (int Width, int Height) ReadSize(Stream stream, ImageLimits limits)
    {
        Span<byte> outcome = stackalloc byte[1];
        stream.ReadExactly(outcome);
        if (outcome[0] != Good)
        {
            var code = (VisionErrorCode)ReadNumber(stream);
            throw new VisionException(Enum.IsDefined(code) ? code : VisionErrorCode.CorruptImage, ReadText(stream));
        }

        var (width, height) = (ReadNumber(stream), ReadNumber(stream));
        try
        {
            limits.Check(width, height);
        }
        catch (VisionException error)
        {
            throw new InvalidDataException("A decoder process sent what no decoder sends.", error);
        }

        return (width, height);
    }

    private static void WriteText(Stream stream, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Length > MaxText / 4 ? text[..(MaxText / 4)] : text);
        WriteNumber(stream, bytes.Length);
        stream.Write(bytes);
    }

    private static string ReadText(Stream stream)
    {
        var length = ReadNumber(stream);
        if (length is < 0 or > MaxText)
        {
            throw new InvalidDataException("A decoder process sent what no decoder sends.");
        }

        Span<byte> bytes = stackalloc byte[length];
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private static void WriteNumber(Stream stream, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        stream.Write(bytes);
    }

    private static int ReadNumber(Stream stream)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        stream.ReadExactly(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }
}
