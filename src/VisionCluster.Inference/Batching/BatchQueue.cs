using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Inference.Batching;

/// <summary>
/// The items of one graph: a fair queue for each lane and priority, and one for those that timed out and may wait on.
/// Urgent classes come first; a class whose oldest item waits long rises. Owned by one thread at a time.
/// </summary>
internal sealed class BatchQueue<TItem>
    where TItem : QueuedItem
{
    private const int Lanes = 3;

    private readonly BatchingOptions _options;
    private readonly double _ticksPerMicrosecond;
    private readonly FairQueue<TItem>[] _classes;
    private readonly PriorityQueue<TItem, long> _timeouts = new();
    private double _largestCost;

    public BatchQueue(BatchingOptions options, Func<string, double> weightOf, double ticksPerMicrosecond)
    {
        _options = options;
        _ticksPerMicrosecond = ticksPerMicrosecond;
        _classes = new FairQueue<TItem>[(Lanes * options.Levels) + 1];
        for (var i = 0; i < _classes.Length; i++)
        {
            _classes[i] = new FairQueue<TItem>(i, weightOf);
        }
    }

    private FairQueue<TItem> Delayed => _classes[^1];

    public void Enqueue(TItem item)
    {
        if (Timeout(item) is { } timeout)
        {
            item.TimesOutAt = item.EnqueuedAt + (long)(timeout * _ticksPerMicrosecond);
        }

        if (Math.Min(item.TimesOutAt, item.Ticket.Deadline) is var end && end != WorkTicket.NoDeadline)
        {
            _timeouts.Enqueue(item, end);
        }

        _largestCost = Math.Max(_largestCost, item.Cost);
        _classes[ClassOf(item.Ticket)].Enqueue(item);
    }

    /// <summary>When the next waiting item's timeout or deadline ends; <see cref="long.MaxValue"/> for never.</summary>
    public long NextExpiry()
    {
        while (_timeouts.TryPeek(out var item, out var end))
        {
            if (item.IsWaiting)
            {
                return end;
            }

            _timeouts.Dequeue();
        }

        return long.MaxValue;
    }

    /// <summary>Refuses what nobody waits for any more, and moves what timed out and may wait on to the end.</summary>
    /// <param name="now">Timestamp.</param>
    /// <param name="refuse">Is given each item that was taken out, with its error.</param>
    public void Expire(long now, Action<TItem, VisionException> refuse)
    {
        while (NextExpiry() <= now)
        {
            var item = _timeouts.Dequeue();
            var late = item.Ticket.Deadline <= now;
            if (!late && _options.TimeoutAction == TimeoutAction.Delay)
            {
                Delayed.Enqueue(item);
                if (item.Ticket.Deadline != WorkTicket.NoDeadline)
                {
                    _timeouts.Enqueue(item, item.Ticket.Deadline);
                }
            }
            else if (item.TryTake())
            {
                refuse(item, new VisionException(
                    VisionErrorCode.DeadlineExceeded,
                    late ? "The deadline passed while the call waited for the device."
                        : "The call waited in the queue for longer than its timeout."));
            }
        }
    }

    /// <summary>What the policy needs to know.</summary>
    public QueueSnapshot Snapshot(long now) =>
        Choose(now) is { } chosen && chosen.Peek() is { } head
            ? new QueueSnapshot(chosen.CountOf(head.Shape), chosen.OldestEnqueuedAt() ?? now)
            : default;

    /// <summary>Takes items that can share a run, the first by urgency and fairness and then its company.</summary>
    /// <param name="count">At most so many.</param>
    /// <param name="now">Timestamp.</param>
    /// <param name="batch">Receives the items.</param>
    public void Take(int count, long now, List<TItem> batch)
    {
        if (Choose(now) is not { } chosen || chosen.Peek() is not { } head)
        {
            return;
        }

        var budget = _options.MaxBatchCost > 0 ? _options.MaxBatchCost : double.PositiveInfinity;
        // An item above the budget still runs, alone: it can be refused or served, but not wait for ever.
        var left = Math.Max(budget, head.Cost);
        var largestBatch = Math.Max(_largestCost, Math.Min(budget, _largestCost * _options.MaxBatchSize));
        while (batch.Count < count && chosen.Take(head.Shape, left, largestBatch) is { } item)
        {
            batch.Add(item);
            left -= item.Cost;
        }
    }

    private FairQueue<TItem>? Choose(long now)
    {
        FairQueue<TItem>? best = null;
        var bestRank = double.MaxValue;
        for (var i = 0; i < _classes.Length; i++)
        {
            if (_classes[i].Peek() is null || _classes[i].OldestEnqueuedAt() is not { } oldest)
            {
                continue;
            }

            var steps = Math.Floor((now - oldest) / (_options.LaneAgeingMicroseconds * _ticksPerMicrosecond));
            var rank = i - (steps * _options.Levels);
            if (rank < bestRank)
            {
                (best, bestRank) = (_classes[i], rank);
            }
        }

        return best;
    }

    private int ClassOf(WorkTicket ticket)
    {
        var levels = _options.Levels;
        var asked = ticket.Priority > 0 ? ticket.Priority : _options.DefaultPriorityLevel;
        var level = asked > 0 ? Math.Min(asked, levels) : levels;
        var lane = Math.Clamp((int)ticket.Lane, (int)RequestLane.Interactive, (int)RequestLane.Bulk);
        return (lane * levels) + level - 1;
    }

    private double? Timeout(TItem item)
    {
        var own = _options.AllowTimeoutOverride ? item.Ticket.Timeout?.TotalMicroseconds : null;
        var common = _options.DefaultTimeoutMicroseconds > 0 ? _options.DefaultTimeoutMicroseconds : (double?)null;
        return own is { } shorter && shorter < (common ?? double.MaxValue) ? shorter : common;
    }
}
