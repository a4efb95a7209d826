using System.Text;

namespace VisionCluster.Inference.Text;

/// <summary>
/// The 256 characters that stand for bytes in byte-level vocabularies (openai/gpt-2, encoder.py): bytes that print
/// stand for themselves, the others become characters from 256 on.
/// </summary>
internal static class ByteSymbols
{
    private static readonly char[] Symbols = Create();

    /// <summary>All bytes in the order of a vocabulary: those that print come first.</summary>
    public static readonly IReadOnlyList<byte> Order =
    [
        .. Enumerable.Range(0, 256).Where(Prints).Select(value => (byte)value),
        .. Enumerable.Range(0, 256).Where(value => !Prints(value)).Select(value => (byte)value),
    ];

    /// <summary>The character of a byte.</summary>
    public static char Of(byte value) => Symbols[value];

    /// <summary>A word's UTF-8, a character a byte.</summary>
    public static string Of(ReadOnlySpan<char> word) => string.Create(Encoding.UTF8.GetByteCount(word), word, static (symbols, word) =>
    {
        // Filled from behind, so that no byte is overwritten before it was read.
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(symbols)[..symbols.Length];
        Encoding.UTF8.GetBytes(word, bytes);
        for (var i = symbols.Length - 1; i >= 0; i--)
        {
            symbols[i] = Symbols[bytes[i]];
        }
    });

    private static bool Prints(int value) => value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;

    private static char[] Create()
    {
        var symbols = new char[256];
        var hidden = 0;
        for (var value = 0; value < symbols.Length; value++)
        {
            symbols[value] = (char)(Prints(value) ? value : 256 + hidden++);
        }

        return symbols;
    }
}
