namespace VisionCluster.Inference.Embeddings;

/// <summary>Keeps the rows of the greatest scores, of equal ones those that were offered first. For one thread.</summary>
internal sealed class NearestRows(int capacity)
{
    private readonly PriorityQueue<int, (float Score, int Order)> _rows = new();
    private float _least = float.NegativeInfinity;

    /// <summary>What was kept, in no order.</summary>
    public IEnumerable<(int Row, float Score)> Rows => _rows.UnorderedItems.Select(static item => (item.Element, item.Priority.Score));

    public void Offer(int row, float score)
    {
        if (_rows.Count < capacity)
        {
            _rows.Enqueue(row, (score, -row));
        }
        else if (score > _least)
        {
            _rows.EnqueueDequeue(row, (score, -row));
        }
        else
        {
            return;
        }

        if (_rows.Count == capacity)
        {
            _rows.TryPeek(out _, out var least);
            _least = least.Score;
        }
    }
}
