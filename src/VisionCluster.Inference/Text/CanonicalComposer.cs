using System.Collections.Frozen;

namespace VisionCluster.Inference.Text;

/// <summary>
/// Puts letters and combining marks together as Unicode's normalization form C does (UAX 15), for characters that are
/// not already composed of something else.
/// </summary>
internal static class CanonicalComposer
{
    private static readonly FrozenDictionary<(char Letter, char Mark), char> _pairs = Pairs();
    private static readonly FrozenDictionary<char, byte> _classes =
        CanonicalCompositions.Marks.ToFrozenDictionary(m => m.Mark, m => m.Class);

    private static readonly FrozenDictionary<char, char> _singletons =
        CanonicalCompositions.Singletons.Chunk(2).ToFrozenDictionary(c => c[0], c => c[1]);

    /// <summary>The composed text.</summary>
    public static string Compose(string text)
    {
        var result = new List<char>(text.Length);
        int letter = -1;
        foreach (char raw in text)
        {
            char c = _singletons.GetValueOrDefault(raw, raw);
            byte order = _classes.GetValueOrDefault(c);
            if (order == 0)
            {
                if (letter >= 0 && letter == result.Count - 1 && Join(result[letter], c) is { } both)
                {
                    result[letter] = both;
                    continue;
                }

                letter = result.Count;
                result.Add(c);
                continue;
            }

            // Marks of lower classes stand nearer to the letter.
            int at = result.Count;
            while (at > letter + 1 && _classes.GetValueOrDefault(result[at - 1]) > order)
            {
                at--;
            }

            result.Insert(at, c);
        }

        return new string([.. ComposeMarks(result)]);
    }

    private static List<char> ComposeMarks(List<char> text)
    {
        var result = new List<char>(text.Count);
        int letter = -1;
        byte last = 0;
        foreach (char c in text)
        {
            byte order = _classes.GetValueOrDefault(c);
            if (order == 0)
            {
                letter = result.Count;
            }
            else if (letter >= 0 && last < order && _pairs.TryGetValue((result[letter], c), out char both))
            {
                result[letter] = both;
                continue;
            }

            last = order;
            result.Add(c);
        }

        return result;
    }

    // Marks of class 0 (Indic vowels, kana voicing has class 8) and Hangul, which is arithmetic.
    private static char? Join(char first, char second)
    {
        if (first is >= '\u1100' and <= '\u1112' && second is >= '\u1161' and <= '\u1175')
        {
            return (char)(0xAC00 + (((((first - 0x1100) * 21) + second) - 0x1161) * 28));
        }

        if (first is >= '\uAC00' and <= '\uD7A3' && (first - 0xAC00) % 28 == 0 && second is > '\u11A7' and <= '\u11C2')
        {
            return (char)(first + second - 0x11A7);
        }

        return _pairs.TryGetValue((first, second), out char both) ? both : null;
    }

    private static FrozenDictionary<(char Letter, char Mark), char> Pairs()
    {
        var pairs = new Dictionary<(char Letter, char Mark), char>();
        foreach ((char mark, _, string letters) in CanonicalCompositions.Marks)
        {
            for (int i = 0; i < letters.Length; i += 2)
            {
                pairs.Add((letters[i], mark), letters[i + 1]);
            }
        }

        return pairs.ToFrozenDictionary();
    }
}
