using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Batching;

/// <summary>An item with its input and the task that its caller awaits.</summary>
internal sealed class BatchItem<TInput, TOutput>(
    TInput input, WorkTicket ticket, double cost, int shape, Action<QueuedItem> leaveQueue)
    : QueuedItem(ticket, cost, shape)
{
    private readonly TaskCompletionSource<BatchResult<TOutput>> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CancellationToken _leftBy;
    private volatile bool _hasLeft;

    public TInput Input { get; } = input;

    public Task<BatchResult<TOutput>> Task => _completion.Task;

    public void Complete(BatchResult<TOutput> result) => _completion.TrySetResult(result);

    /// <summary>Ends the wait with an error; the item was taken before.</summary>
    public void Fail(Exception error) => _completion.TrySetException(error);

    /// <summary>Ends the items of a staged batch that nobody waits for any more and takes them out; false where there are none.</summary>
    public static bool TakeOutGone(List<BatchItem<TInput, TOutput>> batch, long now, Action<VisionErrorCode> refused)
    {
        var count = batch.Count;
        for (var i = count - 1; i >= 0; i--)
        {
            if (batch[i].EndIfGone(now, refused))
            {
                batch.RemoveAt(i);
            }
        }

        return batch.Count < count;
    }

    /// <summary>Ends an item that is staged and that nobody waits for any more; true where it has ended.</summary>
    /// <param name="now">Timestamp.</param>
    /// <param name="refused">Is told why, where that is not the caller's own wish.</param>
    private bool EndIfGone(long now, Action<VisionErrorCode> refused)
    {
        if (_hasLeft)
        {
            _completion.TrySetCanceled(_leftBy);
            return true;
        }

        if (Ticket.Deadline > now)
        {
            return false;
        }

        refused(VisionErrorCode.DeadlineExceeded);
        Fail(new VisionException(
            VisionErrorCode.DeadlineExceeded, "The deadline passed while the call waited for a free instance."));
        return true;
    }

    /// <summary>
    /// The caller leaves: its place is free at once, and the device never sees the item. One that is staged already is being
    /// read, so its caller waits until <see cref="TakeOutGone"/> ends it.
    /// </summary>
    public void Cancel(CancellationToken cancellationToken)
    {
        if (TryLeave())
        {
            leaveQueue(this);
            _completion.TrySetCanceled(cancellationToken);
        }
        else
        {
            _leftBy = cancellationToken;
            _hasLeft = true;
        }
    }
}
