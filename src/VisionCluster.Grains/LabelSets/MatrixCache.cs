using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Embeddings;

namespace VisionCluster.Grains.LabelSets;

/// <summary>
/// Label matrices of this silo, so that a vocabulary that is used again costs no look-up for each of its labels. Under
/// a budget of bytes; the least recently used goes first.
/// </summary>
internal sealed class MatrixCache(IOptions<LabelSetOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<MatrixKey, LinkedListNode<(MatrixKey Key, LabelEmbeddings Matrix)>> _matrices = [];
    private readonly LinkedList<(MatrixKey Key, LabelEmbeddings Matrix)> _recent = new();
    private long _bytes;

    /// <summary>What the kept matrices take.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public LabelEmbeddings? Find(MatrixKey key)
    {
        lock (_gate)
        {
            if (!_matrices.TryGetValue(key, out var node))
            {
                return null;
            }

            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Matrix;
        }
    }

    public void Keep(MatrixKey key, LabelEmbeddings matrix)
    {
        var bytes = BytesOf(matrix);
        lock (_gate)
        {
            if (bytes > options.Value.MatrixBytes || _matrices.ContainsKey(key))
            {
                return;
            }

            while (_bytes + bytes > options.Value.MatrixBytes && _recent.Last is { } oldest)
            {
                _recent.RemoveLast();
                _matrices.Remove(oldest.Value.Key);
                _bytes -= BytesOf(oldest.Value.Matrix);
            }

            _matrices.Add(key, _recent.AddFirst((key, matrix)));
            _bytes += bytes;
        }
    }

    private static long BytesOf(LabelEmbeddings matrix) => ((long)matrix.Values.Length * sizeof(float)) + MatrixKey.Overhead;
}
