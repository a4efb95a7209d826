using System.Globalization;
using System.Net;
using System.Text;

namespace VisionCluster.Inference.Text;

/// <summary>
/// Character references of HTML, with HTML 4's names. Numbers follow HTML 5: 0x80 to 0x9F mean Windows-1252, what is
/// no character becomes U+FFFD.
/// </summary>
internal static class HtmlEntities
{
    private const int MaxName = 32;

    /// <summary>Text with its references resolved once.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="strict">
    /// Only references that end with a semicolon, but names also in upper case, as ftfy does it; otherwise the
    /// oldest names and numbers also without one, as Python's html.unescape does it.
    /// </param>
    public static string Decode(string text, bool strict)
    {
        int next = text.IndexOf('&', StringComparison.Ordinal);
        if (next < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        int done = 0;
        for (; next >= 0; next = next < text.Length ? text.IndexOf('&', next) : -1)
        {
            result.Append(text, done, next - done);
            string? character = At(text.AsSpan(next), strict, out int length);
            result.Append(character ?? "&");
            next += character is null ? 1 : length;
            done = next;
        }

        return result.Append(text, done, text.Length - done).ToString();
    }

    private static string? At(ReadOnlySpan<char> text, bool strict, out int length)
    {
        if (text.Length > 2 && text[1] == '#')
        {
            return Number(text, strict, out length);
        }

        int end = 1;
        while (end < text.Length && end <= MaxName && char.IsAsciiLetterOrDigit(text[end]))
        {
            end++;
        }

        ReadOnlySpan<char> name = text[1..end];
        length = end + 1;
        if (end < text.Length && text[end] == ';' && Named(name, strict) is { } character)
        {
            return character;
        }

        for (end = strict ? 0 : Math.Min(end, 7); end > 2; end--)
        {
            length = end;
            if (Named(text[1..end], upper: false) is [< '\u0100'] old && old != "'")
            {
                return old;
            }
        }

        return null;
    }

    private static string? Named(ReadOnlySpan<char> name, bool upper)
    {
        string reference = $"&{name};";
        string decoded = WebUtility.HtmlDecode(reference);
        if (decoded != reference)
        {
            return decoded;
        }

        switch (name)
        {
            case "AMP" or "LT" or "GT" or "QUOT" or "COPY" or "REG":
                return WebUtility.HtmlDecode(reference.ToLowerInvariant());
            case "Lt":
                return "\u226A";
            case "Gt":
                return "\u226B";
            case "fjlig":
                return "fj";
        }

        string lower = reference.ToLowerInvariant();
        if (upper && !name.ContainsAnyInRange('a', 'z')
            && WebUtility.HtmlDecode(lower) is { } small && small != lower)
        {
            return small.ToUpperInvariant();
        }

        return null;
    }

    private static string? Number(ReadOnlySpan<char> text, bool strict, out int length)
    {
        bool hexadecimal = text[2] is 'x' or 'X';
        int start = hexadecimal ? 3 : 2;
        int end = start;
        int value = 0;
        for (; end < text.Length && (hexadecimal ? char.IsAsciiHexDigit(text[end]) : char.IsAsciiDigit(text[end])); end++)
        {
            int digit = int.Parse(text.Slice(end, 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            value = Math.Min((value * (hexadecimal ? 16 : 10)) + digit, 0x110000);
        }

        bool closed = end < text.Length && text[end] == ';';
        length = end + (closed ? 1 : 0);
        if (end == start || (strict && !closed))
        {
            return null;
        }

        return value switch
        {
            >= 0x80 and <= 0x9F => Windows1252.ToChar((byte)value).ToString(),
            0 => "\uFFFD",
            < 0x20 and not (0x09 or 0x0A or 0x0C or 0x0D) or 0x7F => "",
            _ => Rune.TryCreate(value, out Rune rune) ? rune.ToString() : "\uFFFD",
        };
    }
}
