using VisionCluster.Contracts.Errors;

namespace VisionCluster.Client;

/// <summary>Turns what Orleans itself throws into the errors that a caller knows.</summary>
internal static class GrainCalls
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static async Task<T> RunAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception error) when (error is TimeoutException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new VisionException(VisionErrorCode.DeadlineExceeded, "The cluster did not answer in time.", error);
        }
        catch (OrleansException error)
        {
            throw new VisionException(VisionErrorCode.ModelUnavailable, "The cluster is not ready to answer.", error)
            {
                RetryAfter = RetryAfter,
            };
        }
    }
}
