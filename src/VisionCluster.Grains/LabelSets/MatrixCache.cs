using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Inference.Caching;

namespace VisionCluster.Grains.LabelSets;

/// <summary>
/// Label matrices of this silo, so that a vocabulary that is used again costs no look-up for each of its labels. Under
/// a budget of bytes; the least recently used goes first.
/// </summary>
internal sealed class MatrixCache(IOptions<LabelSetOptions> options)
{
    private readonly LruCache<MatrixKey, LabelEmbeddings> _matrices = new(
        () => options.Value.MatrixBytes,
        static matrix => ((long)matrix.Values.Length * sizeof(float)) + MatrixKey.Overhead);

    /// <summary>What the kept matrices take.</summary>
    public long Bytes => _matrices.Size;

    public LabelEmbeddings? Find(MatrixKey key) => _matrices.Find(key);

    public void Keep(MatrixKey key, LabelEmbeddings matrix) => _matrices.TryAdd(key, matrix);
}
