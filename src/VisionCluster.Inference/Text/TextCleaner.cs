using System.Globalization;
using System.Text;

namespace VisionCluster.Inference.Text;

/// <summary>
/// CLIP's cleaning of text: repairs as ftfy makes them, HTML entities (twice), white space to single spaces, lower
/// case as Python has it.
/// </summary>
internal static class TextCleaner
{
    /// <summary>The cleaned text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="buffer">At least as long as the text; plain text is cleaned into it.</param>
    public static ReadOnlySpan<char> Clean(string text, Span<char> buffer)
    {
        if (TryCleanPlain(text, buffer, out int length))
        {
            return buffer[..length];
        }

        string repaired = TextRepair.Repair(text);
        string plain = HtmlEntities.Decode(HtmlEntities.Decode(repaired, strict: false), strict: false);
        return Lower(Collapse(plain));
    }

    private static bool TryCleanPlain(ReadOnlySpan<char> text, Span<char> buffer, out int length)
    {
        length = 0;
        bool space = false;
        foreach (char c in text)
        {
            if (c is ' ' or '\t' or '\n' or '\r')
            {
                space = true;
                continue;
            }

            if (c is < ' ' or > '~' or '&')
            {
                return false;
            }

            if (space && length > 0)
            {
                buffer[length++] = ' ';
            }

            space = false;
            buffer[length++] = c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c;
        }

        return true;
    }

    private static string Collapse(string text)
    {
        var result = new StringBuilder(text.Length);
        bool space = false;
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f')
            {
                space = true;
                continue;
            }

            if (space && result.Length > 0)
            {
                result.Append(' ');
            }

            space = false;
            result.Append(c);
        }

        return result.ToString();
    }

    // Python's lower() differs from the simple mapping in two places: a sigma that ends a word, and the dotted I.
    private static string Lower(string text)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out int length);
            _ = rune.Value switch
            {
                '\u03A3' => result.Append(EndsWord(text, i) ? '\u03C2' : '\u03C3'),
                '\u0130' => result.Append("i\u0307"),
                _ => result.Append(Rune.ToLowerInvariant(rune).ToString()),
            };
            i += length;
        }

        return result.ToString();
    }

    private static bool EndsWord(string text, int at)
    {
        int before = at - 1;
        while (before >= 0 && IsIgnorable(text[before]))
        {
            before--;
        }

        int after = at + 1;
        while (after < text.Length && IsIgnorable(text[after]))
        {
            after++;
        }

        return before >= 0 && IsCased(text[before]) && !(after < text.Length && IsCased(text[after]));
    }

    private static bool IsCased(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static bool IsIgnorable(char c) => c is '\'' or '.' or ':' or '^' or '`' or '\u00B7' or '\u2019'
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;
}
