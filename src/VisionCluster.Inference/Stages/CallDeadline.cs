using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Stages;

/// <summary>
/// Ends every wait of a call at its deadline, whatever it waits for: a place to decode in, an embedding that somebody
/// else computes, a queue.
/// </summary>
internal static class CallDeadline
{
    /// <param name="timeout">How long the caller waits from now; null: until it leaves.</param>
    /// <param name="time">Clock.</param>
    /// <param name="run">The call; its token ends with the deadline or with the caller's own.</param>
    /// <param name="cancellationToken">The caller leaves.</param>
    /// <exception cref="VisionException"><c>DeadlineExceeded</c>.</exception>
    public static async Task<T> RunAsync<T>(
        TimeSpan? timeout, TimeProvider time, Func<CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        if (timeout is not { } limit)
        {
            return await run(cancellationToken);
        }

        using var late = new CancellationTokenSource(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await run(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new VisionException(VisionErrorCode.DeadlineExceeded, "The answer would have come after the call's deadline.");
        }
    }
}
