namespace VisionCluster.Inference.Embeddings;

/// <summary>Keeps the rows of the greatest scores. For one thread.</summary>
internal sealed class NearestRows(int capacity)
{
    private readonly PriorityQueue<int, float> _rows = new();
    private float _least = float.NegativeInfinity;

    /// <summary>What was kept, in no order.</summary>
    public IEnumerable<(int Row, float Score)> Rows => _rows.UnorderedItems;

    public void Offer(int row, float score)
    {
        if (_rows.Count < capacity)
        {
            _rows.Enqueue(row, score);
        }
        else if (score > _least)
        {
            _rows.EnqueueDequeue(row, score);
        }
        else
        {
            return;
        }

        if (_rows.Count == capacity)
        {
            _rows.TryPeek(out _, out _least);
        }
    }
}
