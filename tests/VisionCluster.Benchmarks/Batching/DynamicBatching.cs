using VisionCluster.Inference.Batching;

namespace VisionCluster.Benchmarks.Batching;

/// <summary>Throughput of dynamic batching over one item a run, on a device with a fixed cost a run.</summary>
internal sealed class DynamicBatching : IBenchmark
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1.5);

    public string Name => "dynamic batching / batch size 1, device of 4 ms + 0.2 ms an item (simulated), 32 callers";

    public string Bar => ">= 3.5x at equal p95";

    public async Task<Figure> RunAsync()
    {
        var (ratios, p95) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < 12; pair++)
        {
            var batched = await MeasureAsync(16);
            var single = await MeasureAsync(1);
            ratios.Add((double)batched.Length / single.Length);
            p95.Add(Figure.At(batched, 0.95) / Figure.At(single, 0.95));
        }

        return Figure.Of(ratios, "x", median => median >= 3.5 && p95.Max() <= 1, $"p95 at most {p95.Max():0.00} of the unbatched one");
    }

    private static async Task<double[]> MeasureAsync(int maxBatchSize)
    {
        using var runner = new SimulatedRunner(TimeSpan.FromMilliseconds(4), TimeSpan.FromMilliseconds(0.2));
        await using var executor = new BatchExecutor<int, int>(
            "simulated", runner, new BatchingOptions { MaxBatchSize = maxBatchSize }, BenchEnvironment.Create());
        return (await LoadGenerator.RunAsync(executor, "a", 32, Window)).Served;
    }
}
