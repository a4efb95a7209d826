using System.Diagnostics;

namespace VisionCluster.Inference.Batching;

/// <summary>
/// One item of a queue. Its state changes once: from waiting to taken by the queue's owner, or to left by its caller;
/// whichever comes first wins.
/// </summary>
internal abstract class QueuedItem(WorkTicket ticket, double cost, int shape)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Left = 2;

    private int _state;

    public WorkTicket Ticket { get; } = ticket;

    /// <summary>Worked out by the engine from the input, never taken from the caller. At least a small positive number.</summary>
    public double Cost { get; } = Math.Max(cost, 1e-6);

    /// <summary>Only items of one shape can share a run.</summary>
    public int Shape { get; } = shape;

    public long EnqueuedAt { get; set; }

    /// <summary>The span that waits for it, where it is recorded.</summary>
    public ActivityContext Trace { get; init; }

    /// <summary>When the queue timeout ends; <see cref="WorkTicket.NoDeadline"/> for never.</summary>
    public long TimesOutAt { get; set; } = WorkTicket.NoDeadline;

    /// <summary>Which of a queue's classes the item waits in now; its place in another is void.</summary>
    public int Class { get; set; }

    public bool IsWaiting => Volatile.Read(ref _state) == Waiting;

    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    public bool TryLeave() => Interlocked.CompareExchange(ref _state, Left, Waiting) == Waiting;
}
