using System.Collections.Concurrent;

namespace VisionCluster.Inference.Onnx;

/// <summary>
/// Keeps <see cref="BoundRun"/>s by batch size and shape. A batch that is staged while another runs takes a second one;
/// shapes beyond a bound are served and not kept.
/// </summary>
/// <param name="create">Makes the buffers of a batch size and shape.</param>
internal sealed class BoundRunPool(Func<int, int, BoundRun> create) : IDisposable
{
    private const int MaxKept = 64;

    private readonly ConcurrentDictionary<(int Batch, int Shape), ConcurrentBag<BoundRun>> _kept = new();
    private int _count;
    private volatile bool _disposed;

    public BoundRun Rent(int batch, int shape = 0)
    {
        if (_kept.TryGetValue((batch, shape), out var runs) && runs.TryTake(out var run))
        {
            Interlocked.Decrement(ref _count);
            return run;
        }

        return create(batch, shape);
    }

    public void Return(BoundRun run, int batch, int shape = 0)
    {
        if (_disposed || Interlocked.Increment(ref _count) > MaxKept)
        {
            Interlocked.Decrement(ref _count);
            run.Dispose();
            return;
        }

        _kept.GetOrAdd((batch, shape), static _ => []).Add(run);
    }

    public void Dispose()
    {
        _disposed = true;
        foreach (var run in _kept.Values.SelectMany(static bag => bag))
        {
            run.Dispose();
        }

        _kept.Clear();
    }
}
