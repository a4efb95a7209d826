using System.Globalization;
using System.Text;

namespace VisionCluster.Inference.Text;

/// <summary>
/// Cuts cleaned text into what CLIP's pattern matches: the two special tokens, English contractions, runs of letters,
/// single digits, and runs of anything else but white space.
/// </summary>
internal static class ClipWords
{
    /// <summary>How start of text looks when it is written out.</summary>
    public const string Sot = "<|startoftext|>";

    /// <summary>How end of text looks when it is written out.</summary>
    public const string Eot = "<|endoftext|>";

    private enum Kind
    {
        Space,
        Letter,
        Digit,
        Other,
    }

    /// <summary>Moves on to the next word.</summary>
    /// <param name="text">Lower-case text.</param>
    /// <param name="at">Where to look from; then behind the word.</param>
    /// <param name="word">The word.</param>
    /// <returns>False at the end of the text.</returns>
    public static bool Next(ReadOnlySpan<char> text, ref int at, out ReadOnlySpan<char> word)
    {
        while (at < text.Length)
        {
            if (PlainRun(text[at..]) is > 0 and int plain)
            {
                word = text.Slice(at, plain);
                at += plain;
                return true;
            }

            Kind kind = KindAt(text[at..], out int length);
            if (kind != Kind.Space)
            {
                length = Fixed(text[at..]) is > 0 and int whole ? whole : kind == Kind.Digit ? length : Run(text[at..], kind);
                word = text.Slice(at, length);
                at += length;
                return true;
            }

            at += length;
        }

        word = default;
        return false;
    }

    /// <summary>Length of a run of the letters a to z; 0 where there is none or a letter beyond ASCII may follow.</summary>
    private static int PlainRun(ReadOnlySpan<char> text)
    {
        if (!char.IsAsciiLetterLower(text[0]))
        {
            return 0;
        }

        int length = text.IndexOfAnyExceptInRange('a', 'z');
        return length < 0 ? text.Length : text[length] < 0x80 && !char.IsAsciiLetterUpper(text[length]) ? length : 0;
    }

    private static int Run(ReadOnlySpan<char> text, Kind kind)
    {
        int end = 0;
        while (end < text.Length && KindAt(text[end..], out int length) == kind)
        {
            end += length;
        }

        return end;
    }

    private static int Fixed(ReadOnlySpan<char> text)
    {
        if (text[0] == '<')
        {
            return text.StartsWith(Sot) ? Sot.Length : text.StartsWith(Eot) ? Eot.Length : 0;
        }

        // The pattern ignores case, under which the long s is an s.
        return text is ['\'', 's' or 't' or 'm' or 'd' or '\u017F', ..] ? 2
            : text is ['\'', 'r' or 'v', 'e', ..] or ['\'', 'l', 'l', ..] ? 3 : 0;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, out int length)
    {
        length = 1;
        char first = text[0];
        if (first < 0x80)
        {
            return char.IsAsciiLetter(first) ? Kind.Letter : char.IsAsciiDigit(first) ? Kind.Digit
                : char.IsWhiteSpace(first) ? Kind.Space : Kind.Other;
        }

        Rune.DecodeFromUtf16(text, out Rune rune, out length);
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
                => Kind.Digit,
            _ => Rune.IsWhiteSpace(rune) ? Kind.Space : Kind.Other,
        };
    }
}
