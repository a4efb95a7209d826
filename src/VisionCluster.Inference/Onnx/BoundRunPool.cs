using System.Collections.Concurrent;

namespace VisionCluster.Inference.Onnx;

/// <summary>
/// Keeps <see cref="BoundRun"/>s by batch size and shape. A batch that is staged while another runs takes a second one;
/// shapes beyond a bound are served and not kept. Thread-safe.
/// </summary>
/// <param name="create">Makes the buffers of a batch size and shape.</param>
internal sealed class BoundRunPool(Func<int, int, BoundRun> create) : IDisposable
{
    private const int MaxKept = 64;

    private readonly ConcurrentDictionary<(int Batch, int Shape), Shelf> _kept = new();
    private int _count;
    private long _locked;
    private long _returns;
    private volatile bool _disposed;

    /// <summary>
    /// Most page-locked bytes that are kept, which no other program of the machine can have: six batches of 64 pictures of
    /// 224 x 224. Those of every batch size up to 64 would be 1.2 GB.
    /// </summary>
    public long LockedBudget { get; init; } = 256L << 20;

    /// <summary>Page-locked bytes that are kept.</summary>
    public long LockedBytes => Interlocked.Read(ref _locked);

    public BoundRun Rent(int batch, int shape = 0)
    {
        if (_kept.TryGetValue((batch, shape), out var shelf) && shelf.Runs.TryTake(out var run))
        {
            Left(run);
            return run;
        }

        return create(batch, shape);
    }

    public void Return(BoundRun run, int batch, int shape = 0)
    {
        var total = Interlocked.Add(ref _locked, run.LockedBytes);
        if (Interlocked.Increment(ref _count) > MaxKept || run.LockedBytes > LockedBudget || _disposed)
        {
            Left(run);
            run.Dispose();
            return;
        }

        var shelf = _kept.GetOrAdd((batch, shape), static _ => new Shelf());
        Volatile.Write(ref shelf.Used, Interlocked.Increment(ref _returns));
        shelf.Runs.Add(run);
        if (total > LockedBudget)
        {
            MakeRoom(shelf);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        foreach (var run in _kept.Values.SelectMany(static shelf => shelf.Runs))
        {
            run.Dispose();
        }

        _kept.Clear();
    }

    /// <summary>Gives back the buffers of sizes and shapes that were not used for longest.</summary>
    private void MakeRoom(Shelf last)
    {
        foreach (var shelf in _kept.Values.OrderBy(static shelf => Volatile.Read(ref shelf.Used)).Where(shelf => shelf != last).Append(last))
        {
            while (LockedBytes > LockedBudget && shelf.Runs.TryTake(out var run))
            {
                Left(run);
                run.Dispose();
            }
        }
    }

    private void Left(BoundRun run)
    {
        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _locked, -run.LockedBytes);
    }

    /// <summary>Runs of one size and shape.</summary>
    private sealed class Shelf
    {
        public long Used;

        public ConcurrentBag<BoundRun> Runs { get; } = [];
    }
}
