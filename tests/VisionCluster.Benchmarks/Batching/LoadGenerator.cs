using System.Collections.Concurrent;
using System.Diagnostics;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Benchmarks.Batching;

/// <summary>Callers that send one item after another.</summary>
internal static class LoadGenerator
{
    /// <summary>Latencies in milliseconds of what was served, and of what was refused, over a time.</summary>
    public static async Task<(double[] Served, double[] Refused)> RunAsync(
        BatchExecutor<int, int> executor, string tenant, int callers, TimeSpan duration)
    {
        var (served, refused) = (new ConcurrentBag<double>(), new ConcurrentBag<double>());
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                var sent = Stopwatch.GetTimestamp();
                try
                {
                    await executor.EnqueueAsync(1, BenchEnvironment.Ticket(tenant), 1, 0, CancellationToken.None);
                    served.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                }
                catch (VisionException)
                {
                    refused.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                    await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
                }
            }
        })));
        return ([.. served.Order()], [.. refused.Order()]);
    }
}
