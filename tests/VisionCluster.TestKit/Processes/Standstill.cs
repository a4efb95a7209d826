using System.Diagnostics;

namespace VisionCluster.TestKit.Processes;

/// <summary>
/// How long this process stood still because the machine gave it no time. A thread of its own, which needs next to none,
/// notes how much later than it asked for it is woken up.
/// </summary>
public sealed class Standstill : IDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>What a thread may be woken up late on a machine that has time.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(100);

    private readonly ManualResetEventSlim _stop = new(false);
    private readonly Thread _thread;
    private long _ticks;

    /// <summary>Begins to look.</summary>
    public Standstill()
    {
        _thread = new Thread(Look) { IsBackground = true, Name = nameof(Standstill) };
        _thread.Start();
    }

    /// <summary>All of it so far.</summary>
    public TimeSpan Total => TimeSpan.FromTicks(Volatile.Read(ref _ticks));

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Look()
    {
        for (var seen = Stopwatch.GetTimestamp(); !_stop.Wait(Glance); seen = Stopwatch.GetTimestamp())
        {
            var late = Stopwatch.GetElapsedTime(seen) - Glance;
            if (late > Usual)
            {
                Interlocked.Add(ref _ticks, late.Ticks);
            }
        }
    }
}
