using System.Collections.Frozen;
using System.Text;
using System.Text.Unicode;

namespace VisionCluster.Inference.Text;

/// <summary>
/// Undoes the reading of UTF-8 as a one-byte code page: where the whole text is of such a page and its bytes are
/// valid UTF-8 that is not plain ASCII. ftfy weighs more evidence, and repairs parts of a text too.
/// </summary>
internal static class Mojibake
{
    // Text that was spoilt more often than this is beyond repair.
    private const int MaxRounds = 4;

    // What the lead bytes of accented letters, of punctuation and of Latin-1 symbols look like in Mac OS Roman.
    private const string MacintoshLeads = "\u221A\u201A\u00AC";

    private static readonly FrozenDictionary<char, byte> _cyrillic = Page(1251);
    private static readonly FrozenDictionary<char, byte> _macintosh = Page(10000);

    /// <summary>The text, repaired where it was spoilt.</summary>
    public static string Repair(string text)
    {
        for (int round = 0; round < MaxRounds && !Ascii.IsValid(text); round++)
        {
            string? better = (IsWesternLike(text) ? Decode(Western(text), 0x80) : null)
                ?? (text.AsSpan().ContainsAny(MacintoshLeads) ? Decode(Bytes(text, _macintosh), 0x80) : null)
                ?? Decode(Bytes(text, _cyrillic), 0x800);
            if (better is null)
            {
                break;
            }

            text = better;
        }

        return text;
    }

    // Two letters, or a letter and a trade mark, also stand side by side in sound text; a letter and a Latin-1 symbol,
    // or anything behind the leads of the commonest sequences, hardly.
    private static bool IsWesternLike(string text)
    {
        for (int i = 0; i + 1 < text.Length; i++)
        {
            bool lead = text[i] is >= '\u00C2' and <= '\u00F4';
            if (lead && (text[i] is '\u00C2' or '\u00C3' or >= '\u00E0'
                || text[i + 1] is >= '\u0080' and <= '\u00BF'))
            {
                return true;
            }
        }

        return false;
    }

    // Cyrillic text in its own right can form two-byte sequences by chance, three-byte ones hardly.
    private static string? Decode(byte[]? bytes, int least)
    {
        if (bytes is null)
        {
            return null;
        }

        if (!Utf8.IsValid(bytes))
        {
            return null;
        }

        string text = Encoding.UTF8.GetString(bytes);
        return text.Any(c => c >= least) ? text : null;
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

    private static byte[]? Bytes(string text, FrozenDictionary<char, byte> page)
    {
        byte[] bytes = new byte[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            if (!page.TryGetValue(text[i], out bytes[i]))
            {
                return null;
            }
        }

        return bytes;
    }

    private static FrozenDictionary<char, byte> Page(int number)
    {
        Encoding encoding = CodePagesEncodingProvider.Instance.GetEncoding(number)!;
        return Enumerable.Range(0, 256).ToFrozenDictionary(i => encoding.GetString([(byte)i])[0], i => (byte)i);
    }
}
