using System.Diagnostics;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Benchmarks.Batching;

/// <summary>Taking one item out of a queue in which 10,000 tenants wait.</summary>
internal sealed class PolicyPick : IBenchmark
{
    private const int Tenants = 10_000;

    public string Name => "policy pick with 10,000 tenants";

    public string Bar => "<= 2 us";

    public Task<Figure> RunAsync()
    {
        var samples = Enumerable.Range(0, 15).Select(_ => Window()).Skip(3).ToArray();
        return Task.FromResult(Figure.Of(samples, "us", median => median <= 2));
    }

    private static double Window()
    {
        var options = new BatchingOptions();
        var queue = new BatchQueue<Item>(options, _ => 1, 1);
        for (var i = 0; i < Tenants * 2; i++)
        {
            queue.Enqueue(new Item($"t{i % Tenants}"));
        }

        var batch = new List<Item>(1);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Tenants; i++)
        {
            BatchPolicy.Decide(queue.Snapshot(0), true, 0, 1, options, 1);
            batch.Clear();
            queue.Take(1, 0, batch);
        }

        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / Tenants;
    }

    private sealed class Item(string tenant) : QueuedItem(BenchEnvironment.Ticket(tenant), 1, 0);
}
