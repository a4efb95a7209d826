using System.Text;

namespace VisionCluster.Inference.Text;

/// <summary>
/// What ftfy's fix_text does to text (github.com/rspeer/python-ftfy): entities, mojibake of the usual code pages,
/// control characters, ligatures, full-width characters, curly quotes, composed letters.
/// </summary>
internal static class TextRepair
{
    private const string Ligatures =
        "\u0132IJ\u0133ij\u0149\u02BCn\u01C4D\u017D\u01C5D\u017E\u01C6d\u017E\u01C7LJ\u01C8Lj\u01C9lj\u01CANJ\u01CBNj\u01CCnj"
        + "\u01F1DZ\u01F2Dz\u01F3dz\uFB00ff\uFB01fi\uFB02fl\uFB05\u017Ft\uFB06st";

    /// <summary>The repaired text.</summary>
    public static string Repair(string text)
    {
        if (!text.Contains('<', StringComparison.Ordinal))
        {
            text = HtmlEntities.Decode(text, strict: true);
        }

        text = Mojibake.Repair(text);
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            int escape = c == '\x1b' ? TerminalEscape(text.AsSpan(i)) : 0;
            if (escape > 0)
            {
                i += escape - 1;
                continue;
            }

            if (char.IsSurrogate(c))
            {
                bool pair = i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1]);
                result.Append(pair ? text.AsSpan(i, 2) : "\uFFFD");
                i += pair ? 1 : 0;
                continue;
            }

            Append(result, c);
        }

        return CanonicalComposer.Compose(result.ToString());
    }

    private static void Append(StringBuilder result, char c)
    {
        c = Windows1252.ToChar(c is >= '\x80' and <= '\x9f' ? (byte)c : (byte)0) is var known and not '\0' ? known : c;
        _ = c switch
        {
            '\u02BC' or (>= '\u2018' and <= '\u201B') => result.Append('\''),
            >= '\u201C' and <= '\u201F' => result.Append('"'),
            '\u3000' => result.Append(' '),
            >= '\uFF01' and <= '\uFF5E' => result.Append((char)(c - 0xFEE0)),
            '\uFB03' => result.Append("ffi"),
            '\uFB04' => result.Append("ffl"),
            (>= '\u0132' and <= '\u01F3') or (>= '\uFB00' and <= '\uFB06') => AppendLigature(result, c),
            _ => IsControl(c) ? result : result.Append(c),
        };
    }

    private static StringBuilder AppendLigature(StringBuilder result, char c)
    {
        int at = Ligatures.IndexOf(c, StringComparison.Ordinal);
        return at >= 0 && at % 3 == 0 ? result.Append(Ligatures, at + 1, 2) : result.Append(c);
    }

    private static bool IsControl(char c) =>
        c is (< ' ' and not ('\t' or '\n' or '\f' or '\r')) or '\x7f' or '\uFEFF'
            or (>= '\u206A' and <= '\u206F') or (>= '\uFFF9' and <= '\uFFFC');

    private static int TerminalEscape(ReadOnlySpan<char> text)
    {
        int end = 2;
        while (text.Length > end && text[1] == '[' && (char.IsAsciiDigit(text[end]) || text[end] == ';'))
        {
            end++;
        }

        return text.Length > end && text[1] == '[' && char.IsAsciiLetter(text[end]) ? end + 1 : 0;
    }
}
