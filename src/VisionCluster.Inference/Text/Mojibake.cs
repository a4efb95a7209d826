using System.Text;

namespace VisionCluster.Inference.Text;

/// <summary>
/// Undoes the reading of UTF-8 as a one-byte code page: where the whole text is of such a page and its bytes are
/// valid UTF-8 that is not plain ASCII. ftfy weighs more evidence, and repairs parts of a text too.
/// </summary>
internal static class Mojibake
{
    // Text that was spoilt more often than this is beyond repair.
    private const int MaxRounds = 4;
    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);
    private static readonly Encoding _cyrillic = Page(1251);
    private static readonly Encoding _macintosh = Page(10000);

    /// <summary>The text, repaired where it was spoilt.</summary>
    public static string Repair(string text)
    {
        for (int round = 0; round < MaxRounds && !Ascii.IsValid(text); round++)
        {
            string? better = Decode(Western(text), 1) ?? Decode(Bytes(text, _macintosh), 1)
                ?? Decode(Bytes(text, _cyrillic), 2);
            if (better is null)
            {
                break;
            }

            text = better;
        }

        return text;
    }

    // Cyrillic text in its own right can form two-byte sequences by chance, three-byte ones hardly.
    private static string? Decode(byte[]? bytes, int continuations)
    {
        if (bytes is null)
        {
            return null;
        }

        try
        {
            string text = _strict.GetString(bytes);
            return text.Any(c => c >= (continuations == 1 ? 0x80 : 0x800)) ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static byte[]? Western(string text)
    {
        byte[] bytes = new byte[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            int value = Windows1252.ToByte(text[i]);
            if (value < 0)
            {
                return null;
            }

            bytes[i] = (byte)value;
        }

        return bytes;
    }

    private static byte[]? Bytes(string text, Encoding page)
    {
        try
        {
            return page.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    private static Encoding Page(int number) => CodePagesEncodingProvider.Instance.GetEncoding(
        number, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;
}
