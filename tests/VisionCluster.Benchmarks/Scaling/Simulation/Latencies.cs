namespace VisionCluster.Benchmarks.Scaling.Simulation;

/// <summary>Milliseconds that people waited, by the second in which they clicked.</summary>
internal sealed class Latencies
{
    private readonly List<(long ClickedAt, double Milliseconds)> _all = [];

    public int Count => _all.Count;

    public void Add(long clickedAt, long answeredAt) => _all.Add((clickedAt, (answeredAt - clickedAt) / 1000d));

    /// <summary>A quantile of the clicks made in [from, to) microseconds.</summary>
    public double Quantile(double quantile, long from, long to)
    {
        double[] sorted = [.. _all.Where(one => one.ClickedAt >= from && one.ClickedAt < to).Select(one => one.Milliseconds).Order()];
        return sorted.Length == 0 ? double.NaN : Figure.At(sorted, quantile);
    }

    public int CountIn(long from, long to) => _all.Count(one => one.ClickedAt >= from && one.ClickedAt < to);
}
