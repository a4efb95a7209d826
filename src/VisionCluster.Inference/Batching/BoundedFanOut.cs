namespace VisionCluster.Inference.Batching;

/// <summary>Runs many items of one call with a bound on how many are under way, so that one call never fills a queue.</summary>
internal static class BoundedFanOut
{
    /// <summary>Results in the order of the items. The first failure ends the rest and is thrown.</summary>
    public static async Task<TOut[]> RunAsync<TIn, TOut>(
        IReadOnlyList<TIn> items, int window, Func<TIn, int, CancellationToken, Task<TOut>> run, CancellationToken cancellationToken)
    {
        var results = new TOut[items.Count];
        if (items.Count == 1)
        {
            results[0] = await run(items[0], 0, cancellationToken);
            return results;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = window, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, items.Count, options, async (i, token) => results[i] = await run(items[i], i, token));
        return results;
    }
}
