using System.Text;
using Microsoft.ML.Tokenizers;
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

    private readonly BpeTokenizer _merges;
    private readonly List<byte[]> _bytes = [];
    private readonly List<bool> _endsWord = [];

    private ClipVocabulary(IEnumerable<string> lines)
    {
        var ids = new Dictionary<string, int>(FirstMerge + 49_000);
        var merges = new List<string>(49_000);
        for (int id = 0; id < FirstMerge; id++)
        {
            byte value = ByteSymbols.Order[id % 256];
            ids.Add(id < 256 ? $"{ByteSymbols.Of(value)}" : ByteSymbols.Of(value) + EndOfWord, id);
            _bytes.Add([value]);
            _endsWord.Add(id >= 256);
        }

        foreach (string line in lines)
        {
            string[] parts = line.Split(' ');
            if (parts.Length != 2 || !ids.TryGetValue(parts[0], out int left) || !ids.TryGetValue(parts[1], out int right)
                || !ids.TryAdd(parts[0] + parts[1], _bytes.Count) || merges.Count == MaxMerges)
            {
                throw new VisionException(
                    VisionErrorCode.ModelUnavailable, $"Merge {merges.Count + 1} is not of two known tokens.");
            }

            merges.Add(line);
            _bytes.Add([.. _bytes[left], .. _bytes[right]]);
            _endsWord.Add(_endsWord[right]);
        }

        _merges = BpeTokenizer.Create(new BpeOptions(ids) { Merges = merges, EndOfWordSuffix = EndOfWord });
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

    /// <summary>The tokens of a word of at least one character.</summary>
    public int[] Split(ReadOnlySpan<char> word) =>
        [.. _merges.EncodeToIds(ByteSymbols.Of(word), considerPreTokenization: false, considerNormalization: false)];

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

    private int Special(string text)
    {
        _bytes.Add(Encoding.ASCII.GetBytes(text));
        _endsWord.Add(false);
        return _bytes.Count - 1;
    }
}
