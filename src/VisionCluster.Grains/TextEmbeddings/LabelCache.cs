namespace VisionCluster.Grains.TextEmbeddings;

/// <summary>Label embeddings under a bound on their number; the least recently used goes first.</summary>
internal sealed class LabelCache(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LabelKey, LinkedListNode<(LabelKey Key, float[] Row)>> _rows = [];
    private readonly LinkedList<(LabelKey Key, float[] Row)> _recent = new();

    public float[]? Find(LabelKey key)
    {
        lock (_gate)
        {
            if (!_rows.TryGetValue(key, out var node))
            {
                return null;
            }

            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Row;
        }
    }

    public void Add(LabelKey key, float[] row)
    {
        lock (_gate)
        {
            if (_rows.ContainsKey(key))
            {
                return;
            }

            _rows.Add(key, _recent.AddFirst((key, row)));
            if (_rows.Count > capacity)
            {
                _rows.Remove(_recent.Last!.Value.Key);
                _recent.RemoveLast();
            }
        }
    }
}
