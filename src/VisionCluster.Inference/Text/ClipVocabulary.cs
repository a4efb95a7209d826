using System.Text;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Text;

/// <summary>
/// CLIP's vocabulary, derived from its merges: 256 bytes, 256 bytes at the end of a word, one token a merge, start
/// and end of text (openai/CLIP, simple_tokenizer.py).
/// </summary>
internal sealed class ClipVocabulary
{
    private const string EndOfWord = "</w>";
    private const int FirstMerge = 512;
    private const int MaxMerges = 1 << 20;

    private readonly int[] _byteTokens = new int[256];
    private readonly Dictionary<long, int> _merges = [];
    private readonly List<byte[]> _bytes = [];
    private readonly List<bool> _endsWord = [];

    private ClipVocabulary(IEnumerable<string> lines)
    {
        char[] symbols = Symbols();
        var ids = new Dictionary<string, int>(FirstMerge + 49_000);
        Span<int> order = stackalloc int[256];
        ByteOrder(order);
        for (int id = 0; id < FirstMerge; id++)
        {
            int value = order[id % 256];
            ids.Add(id < 256 ? symbols[value].ToString() : symbols[value] + EndOfWord, id);
            _bytes.Add([(byte)value]);
            _endsWord.Add(id >= 256);
            _byteTokens[value] = id % 256;
        }

        foreach (string line in lines)
        {
            string[] parts = line.Split(' ');
            if (parts.Length != 2 || !ids.TryGetValue(parts[0], out int left)
                || !ids.TryGetValue(parts[1], out int right) || !ids.TryAdd(parts[0] + parts[1], _bytes.Count)
                || !_merges.TryAdd(Key(left, right), _bytes.Count) || _merges.Count > MaxMerges)
            {
                throw new VisionException(
                    VisionErrorCode.ModelUnavailable, $"Merge {_merges.Count + 1} is not of two known tokens.");
            }

            _bytes.Add([.. _bytes[left], .. _bytes[right]]);
            _endsWord.Add(_endsWord[right]);
        }

        Sot = Special("<|startoftext|>");
        Eot = Special("<|endoftext|>");
    }

    /// <summary>Start of text.</summary>
    public int Sot { get; }

    /// <summary>End of text.</summary>
    public int Eot { get; }

    /// <summary>How many tokens there are.</summary>
    public int Count => _bytes.Count;

    /// <summary>Reads Hugging Face's <c>merges.txt</c>: a version line that begins with '#', then a merge a line.</summary>
    public static ClipVocabulary Read(IEnumerable<string> lines) =>
        new(lines.Where((line, i) => line.Length > 0 && (i > 0 || !line.StartsWith("#version", StringComparison.Ordinal))));

    /// <summary>The token of a single byte.</summary>
    public int OfByte(byte value, bool endsWord) => _byteTokens[value] + (endsWord ? 256 : 0);

    /// <summary>What two neighbours merge into; the lower, the earlier it is merged. -1 where they don't.</summary>
    public int Merge(int left, int right) => _merges.GetValueOrDefault(Key(left, right), -1);

    /// <summary>UTF-8 of tokens; a space behind each end of a word.</summary>
    public string Text(ReadOnlySpan<int> tokens)
    {
        var bytes = new List<byte>();
        foreach (int token in tokens)
        {
            bytes.AddRange(_bytes[token]);
            if (_endsWord[token])
            {
                bytes.Add((byte)' ');
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    private int Special(string text)
    {
        _bytes.Add(Encoding.ASCII.GetBytes(text));
        _endsWord.Add(false);
        return _bytes.Count - 1;
    }

    // Bytes that print stand for themselves and come first; the others become characters from 256 on.
    private static bool Prints(int value) => value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;

    private static void ByteOrder(Span<int> order)
    {
        int count = 0;
        foreach (bool prints in (ReadOnlySpan<bool>)[true, false])
        {
            for (int value = 0; value < 256; value++)
            {
                if (Prints(value) == prints)
                {
                    order[count++] = value;
                }
            }
        }
    }

    private static char[] Symbols()
    {
        char[] symbols = new char[256];
        int hidden = 0;
        for (int value = 0; value < 256; value++)
        {
            symbols[value] = (char)(Prints(value) ? value : 256 + hidden++);
        }

        return symbols;
    }
}
