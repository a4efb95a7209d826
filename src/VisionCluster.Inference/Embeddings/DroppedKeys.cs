namespace VisionCluster.Inference.Embeddings;

/// <summary>
/// Remembers which embeddings were dropped, by a hash of each and no more of them than a bound, so that computing one again
/// can be counted. Two that share a hash, about one in a hundred thousand at the bound, are taken for one. Not thread-safe.
/// </summary>
internal sealed class DroppedKeys
{
    private const int Capacity = 1 << 15;

    private readonly HashSet<int> _hashes = [];
    private readonly Queue<int> _order = new();

    public void Add(EmbeddingKey key)
    {
        var hash = key.GetHashCode();
        if (!_hashes.Add(hash))
        {
            return;
        }

        _order.Enqueue(hash);
        while (_order.Count > Capacity)
        {
            _hashes.Remove(_order.Dequeue());
        }
    }

    /// <summary>Whether the embedding was dropped; it is forgotten here.</summary>
    public bool Take(EmbeddingKey key) => _hashes.Remove(key.GetHashCode());
}
