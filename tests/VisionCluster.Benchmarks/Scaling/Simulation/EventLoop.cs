namespace VisionCluster.Benchmarks.Scaling.Simulation;

/// <summary>A clock of microseconds that jumps from one event to the next.</summary>
internal sealed class EventLoop
{
    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private long _order;

    public long Now { get; private set; }

    public void At(long time, Action happens) => _events.Enqueue(happens, (time, _order++));

    public void After(long delay, Action happens) => At(Now + delay, happens);

    public void RunUntil(long end)
    {
        while (_events.TryPeek(out _, out var key) && key.At <= end)
        {
            Now = key.At;
            _events.Dequeue()();
        }

        Now = end;
    }
}
