using System.Buffers;
using System.Collections.Concurrent;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Text;

/// <summary>
/// CLIP's tokenizer (openai/CLIP, simple_tokenizer.py): text is cleaned and lower-cased, cut into words, and each
/// word split by byte-pair merges. Thread-safe.
/// </summary>
public sealed class ClipTokenizer
{
    /// <summary>The most UTF-16 characters of a text; longer ones are refused before any work.</summary>
    public const int MaxCharacters = 4096;

    private const int MaxCachedWords = 1 << 16;
    private const int MaxCachedLength = 32;

    private readonly ClipVocabulary _vocabulary;
    private readonly ConcurrentDictionary<string, int[]> _words = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private int _cached;

    private ClipTokenizer(ClipVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _bySpan = _words.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Start of text.</summary>
    public int SotToken => _vocabulary.Sot;

    /// <summary>End of text.</summary>
    public int EotToken => _vocabulary.Eot;

    /// <summary>How many tokens there are; ids are below.</summary>
    public int VocabularySize => _vocabulary.Count;

    /// <summary>Reads Hugging Face's <c>merges.txt</c>.</summary>
    /// <exception cref="VisionException"><see cref="VisionErrorCode.ModelUnavailable"/>: the file is broken.</exception>
    public static ClipTokenizer FromMerges(string path) => FromMerges(File.ReadLines(path));

    /// <summary>From the lines of such a file.</summary>
    public static ClipTokenizer FromMerges(IEnumerable<string> lines) => new(ClipVocabulary.Read(lines));

    /// <summary>How many tokens a text has, with start and end.</summary>
    /// <exception cref="VisionException"><see cref="VisionErrorCode.InvalidRequest"/>: over the length limit.</exception>
    public int Count(string text) => Walk(text, []);

    /// <summary>Writes the tokens of a text, start and end included, and fills up the rest.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="ids">As long as the model's context, two at least.</param>
    /// <param name="truncate">Cut a text that is too long; the last token is then the end of text.</param>
    /// <param name="padding">What the rest is filled with.</param>
    /// <returns>How many tokens are no padding.</returns>
    /// <exception cref="VisionException">
    /// <see cref="VisionErrorCode.InvalidRequest"/>: too long, for the limit or (without truncation) the context.
    /// </exception>
    public int Encode(string text, Span<long> ids, bool truncate, ClipPadding padding)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ids.Length, 2);
        int count = Walk(text, ids);
        if (count > ids.Length)
        {
            if (!truncate)
            {
                throw new VisionException(
                    VisionErrorCode.InvalidRequest, $"The text has {count} tokens; {ids.Length} fit.");
            }

            count = ids.Length;
            ids[^1] = EotToken;
        }

        ids[count..].Fill(padding == ClipPadding.Eot ? EotToken : 0);
        return count;
    }

    /// <summary>Tokens to text, a space behind each word, special tokens written out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A token is not of the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> ids) => _vocabulary.Text(ids);

    private int Walk(string text, Span<long> ids)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxCharacters)
        {
            throw new VisionException(
                VisionErrorCode.InvalidRequest, $"The text has {text.Length} characters; {MaxCharacters} are allowed.");
        }

        char[] buffer = ArrayPool<char>.Shared.Rent(MaxCharacters);
        ReadOnlySpan<char> cleaned = TextCleaner.Clean(text, buffer);
        int count = 0;
        Put(ids, ref count, SotToken);
        for (int at = 0; ClipWords.Next(cleaned, ref at, out ReadOnlySpan<char> word);)
        {
            foreach (int token in Tokens(word))
            {
                Put(ids, ref count, token);
            }
        }

        Put(ids, ref count, EotToken);
        ArrayPool<char>.Shared.Return(buffer);
        return count;
    }

    private static void Put(Span<long> ids, ref int count, int token)
    {
        if (count < ids.Length)
        {
            ids[count] = token;
        }

        count++;
    }

    private ReadOnlySpan<int> Tokens(ReadOnlySpan<char> word)
    {
        if (_bySpan.TryGetValue(word, out int[]? tokens))
        {
            return tokens;
        }

        tokens = word is ClipWords.Sot ? [SotToken] : word is ClipWords.Eot ? [EotToken]
            : _vocabulary.Split(word);
        if (word.Length <= MaxCachedLength && _bySpan.TryAdd(word, tokens)
            && Interlocked.Increment(ref _cached) >= MaxCachedWords)
        {
            // Starting over is cheap, and nobody can keep the cache full of nonsense.
            _words.Clear();
            Volatile.Write(ref _cached, 0);
        }

        return tokens;
    }
}
