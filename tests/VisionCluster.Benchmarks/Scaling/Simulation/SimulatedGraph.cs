using VisionCluster.Inference.Batching;

namespace VisionCluster.Benchmarks.Scaling.Simulation;

/// <summary>A graph on a device: the real queue and the real policy before a run that takes its time and nothing else.</summary>
/// <param name="loop">The clock.</param>
/// <param name="batchSize">Most items of a run.</param>
/// <param name="run">Microseconds of a run.</param>
/// <param name="item">Microseconds of an item.</param>
internal sealed class SimulatedGraph(EventLoop loop, int batchSize, long run, long item)
{
    private readonly BatchingOptions _options = new() { MaxBatchSize = batchSize, MaxQueueSize = 1_000_000 };
    private BatchQueue<SimulatedItem>? _queue;
    private bool _busy;

    public int Queued { get; private set; }

    public long BusyMicroseconds { get; private set; }

    public bool IsDead { get; set; }

    /// <summary>Estimated seconds until what waits has run, as a real host publishes it.</summary>
    public double QueueSeconds => Queued * ((double)run / batchSize + item) / 1e6;

    private BatchQueue<SimulatedItem> Queue => _queue ??= new BatchQueue<SimulatedItem>(_options, static _ => 1, 1);

    public void Add(Action done)
    {
        Queued++;
        Queue.Enqueue(new SimulatedItem(done) { EnqueuedAt = loop.Now });
        Pump();
    }

    private void Pump()
    {
        var decision = BatchPolicy.Decide(Queue.Snapshot(loop.Now), !_busy, loop.Now, 1, _options, batchSize);
        if (_busy || decision.Take == 0 || IsDead)
        {
            return;
        }

        var batch = new List<SimulatedItem>(decision.Take);
        Queue.Take(decision.Take, loop.Now, batch);
        Queued -= batch.Count;
        _busy = true;
        var took = run + (item * batch.Count);
        BusyMicroseconds += took;
        loop.After(took, () =>
        {
            _busy = false;
            if (!IsDead)
            {
                batch.ForEach(static one => one.Done());
                Pump();
            }
        });
    }
}
