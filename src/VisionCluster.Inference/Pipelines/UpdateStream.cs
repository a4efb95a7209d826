using System.Runtime.CompilerServices;
using System.Threading.Channels;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>
/// Lets a producer run on the pool, never on the scheduler of whoever reads, and stops it when the reader leaves or is
/// late. A slow reader slows it down.
/// </summary>
internal static class UpdateStream
{
    private const int Capacity = 64;

    /// <param name="produce">Writes updates; its failure is the reader's.</param>
    /// <param name="timeout">How long the reader waits in all; null: without limit.</param>
    /// <param name="time">Counts the timeout.</param>
    /// <param name="cancellationToken">The reader leaves.</param>
    /// <exception cref="Contracts.Errors.VisionException"><c>DeadlineExceeded</c>, and whatever the producer throws.</exception>
    public static async IAsyncEnumerable<T> RunAsync<T>(
        Func<Func<T, ValueTask>, CancellationToken, Task> produce,
        TimeSpan? timeout,
        TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<T>(
            new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });
        var producing = Task.Run(ProduceAsync, CancellationToken.None);
        try
        {
            await foreach (var update in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return update;
            }
        }
        finally
        {
            await leaving.CancelAsync();
            await producing;
        }

        async Task ProduceAsync()
        {
            try
            {
                await CallDeadline.RunAsync(timeout, time, WriteAsync, leaving.Token);
                channel.Writer.Complete();
            }
            catch (Exception error)
            {
                channel.Writer.Complete(error);
            }
        }

        async Task<bool> WriteAsync(CancellationToken token)
        {
            await produce(update => channel.Writer.WriteAsync(update, token), token);
            return true;
        }
    }
}
