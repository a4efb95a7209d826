using System.Runtime.CompilerServices;

namespace VisionCluster.Inference.Batching;

/// <summary>Runs many items of one call with a bound on how many are under way, and gives results in order as they come.</summary>
internal static class OrderedFanOut
{
    /// <summary>
    /// Results in the order of the items. Whoever stops reading, or the first failure, ends the rest: nothing is under
    /// way any more when the enumeration has ended.
    /// </summary>
    public static async IAsyncEnumerable<TOut> RunAsync<TIn, TOut>(
        IEnumerable<TIn> items,
        int window,
        Func<TIn, CancellationToken, Task<TOut>> run,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new Queue<Task<TOut>>(window);
        try
        {
            foreach (var item in items)
            {
                if (running.Count == window)
                {
                    yield return await running.Dequeue();
                }

                running.Enqueue(run(item, leaving.Token));
            }

            while (running.TryDequeue(out var next))
            {
                yield return await next;
            }
        }
        finally
        {
            await leaving.CancelAsync();
            await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
