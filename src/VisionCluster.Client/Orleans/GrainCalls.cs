using System.Runtime.CompilerServices;
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
        catch (Exception error) when (Translate(error, cancellationToken) is { } vision)
        {
            throw vision;
        }
    }

    /// <summary>Reads a stream of a grain.</summary>
    public static async IAsyncEnumerable<T> ReadAsync<T>(
        Func<CancellationToken, IAsyncEnumerable<T>> call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await using var steps = call(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await RunAsync(() => steps.MoveNextAsync().AsTask(), cancellationToken).ConfigureAwait(false))
        {
            yield return steps.Current;
        }
    }

    private static VisionException? Translate(Exception error, CancellationToken cancellationToken) => error switch
    {
        TimeoutException => new VisionException(VisionErrorCode.DeadlineExceeded, "The cluster did not answer in time.", error),
        OperationCanceledException when !cancellationToken.IsCancellationRequested =>
            new VisionException(VisionErrorCode.DeadlineExceeded, "The cluster did not answer in time.", error),
        OrleansException => new VisionException(VisionErrorCode.ModelUnavailable, "The cluster is not ready to answer.", error)
        {
            RetryAfter = RetryAfter,
        },
        _ => null,
    };
}
