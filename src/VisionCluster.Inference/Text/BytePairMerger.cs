using System.Text;

namespace VisionCluster.Inference.Text;

/// <summary>
/// Splits a word into tokens: neighbours merge in the order of the vocabulary's merges. Time grows with n log n, so
/// that one endless word costs no more than many short ones.
/// </summary>
internal static class BytePairMerger
{
    /// <summary>The tokens of a word of at least one character.</summary>
    public static int[] Split(ClipVocabulary vocabulary, ReadOnlySpan<char> word)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        int[] tokens = new int[bytes.Length];
        int[] previous = new int[bytes.Length];
        int[] next = new int[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            tokens[i] = vocabulary.OfByte(bytes[i], i == bytes.Length - 1);
            (previous[i], next[i]) = (i - 1, i + 1);
        }

        var pairs = new PriorityQueue<int, (int Merged, int Position)>();
        for (int i = 0; i + 1 < tokens.Length; i++)
        {
            Offer(i);
        }

        while (pairs.TryDequeue(out int left, out (int Merged, int Position) pair))
        {
            int right = next[left];
            // The pair may have been taken apart since it was offered.
            if (tokens[left] < 0 || right >= tokens.Length
                || vocabulary.Merge(tokens[left], tokens[right]) != pair.Merged)
            {
                continue;
            }

            tokens[left] = pair.Merged;
            tokens[right] = -1;
            next[left] = next[right];
            if (next[left] < tokens.Length)
            {
                previous[next[left]] = left;
                Offer(left);
            }

            if (previous[left] >= 0)
            {
                Offer(previous[left]);
            }
        }

        return Array.FindAll(tokens, token => token >= 0);

        void Offer(int left)
        {
            int merged = vocabulary.Merge(tokens[left], tokens[next[left]]);
            if (merged >= 0)
            {
                pairs.Enqueue(left, (merged, left));
            }
        }
    }
}
