namespace VisionCluster.Inference.Batching;

/// <summary>An item with its input and the task that its caller awaits.</summary>
internal sealed class BatchItem<TInput, TOutput>(
    TInput input, WorkTicket ticket, double cost, int shape, Action<QueuedItem> leaveQueue)
    : QueuedItem(ticket, cost, shape)
{
    private readonly TaskCompletionSource<BatchResult<TOutput>> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TInput Input { get; } = input;

    public Task<BatchResult<TOutput>> Task => _completion.Task;

    public void Complete(BatchResult<TOutput> result) => _completion.TrySetResult(result);

    /// <summary>Ends the wait with an error; the item was taken before.</summary>
    public void Fail(Exception error) => _completion.TrySetException(error);

    /// <summary>The caller leaves: its place is free at once, and the device never sees the item.</summary>
    public void Cancel(CancellationToken cancellationToken)
    {
        if (TryLeave())
        {
            leaveQueue(this);
            _completion.TrySetCanceled(cancellationToken);
        }
    }
}
