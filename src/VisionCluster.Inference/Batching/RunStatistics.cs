namespace VisionCluster.Inference.Batching;

/// <summary>
/// Running figures of one graph: seconds a unit of cost takes and the share of time in which it ran. Written by the
/// thread that runs, read by anyone.
/// </summary>
internal sealed class RunStatistics(TimeProvider time)
{
    private const double Smoothing = 0.2;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private double _secondsPerCost;
    private double _busyFraction;
    private double _busyInWindow;
    private long _windowStart = time.GetTimestamp();
    private long _items;

    public long Items => Interlocked.Read(ref _items);

    public double SecondsPerCost => Volatile.Read(ref _secondsPerCost);

    public double BusyFraction
    {
        get
        {
            lock (_gate)
            {
                Roll();
                var elapsed = time.GetElapsedTime(_windowStart).TotalSeconds;
                var share = elapsed / Window.TotalSeconds;
                return Math.Clamp(((1 - share) * _busyFraction) + (_busyInWindow / Window.TotalSeconds), 0, 1);
            }
        }
    }

    public void Ran(int items, double cost, TimeSpan duration)
    {
        lock (_gate)
        {
            Roll();
            _busyInWindow += duration.TotalSeconds;
            var rate = duration.TotalSeconds / Math.Max(cost, 1e-6);
            _secondsPerCost = _secondsPerCost == 0 ? rate : _secondsPerCost + (Smoothing * (rate - _secondsPerCost));
        }

        Interlocked.Add(ref _items, items);
    }

    private void Roll()
    {
        var elapsed = time.GetElapsedTime(_windowStart);
        if (elapsed >= Window)
        {
            _busyFraction = Math.Min(1, _busyInWindow / elapsed.TotalSeconds);
            _busyInWindow = 0;
            _windowStart = time.GetTimestamp();
        }
    }
}
