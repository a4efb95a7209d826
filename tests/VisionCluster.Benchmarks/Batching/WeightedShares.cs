using VisionCluster.Inference.Batching;

namespace VisionCluster.Benchmarks.Batching;

/// <summary>Shares of tenants of weights 1, 2 and 4 under saturation.</summary>
internal sealed class WeightedShares : IBenchmark
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    public string Name => "weights 1:2:4 under saturation, largest share error";

    public string Bar => "<= 3 %";

    public async Task<Figure> RunAsync()
    {
        var errors = new List<double>();
        for (var window = 0; window < 12; window++)
        {
            using var runner = new SimulatedRunner(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(0.1));
            await using var executor = new BatchExecutor<int, int>(
                "simulated", runner, new BatchingOptions { MaxBatchSize = 8, MaxQueueSize = 2048 },
                BenchEnvironment.Create(tenant => tenant[1] - '0'));
            var served = await Task.WhenAll(new[] { 1, 2, 4 }.Select(weight => LoadGenerator.RunAsync(executor, $"w{weight}", 128, Window)));
            var total = (double)served.Sum(s => s.Served.Length);
            errors.Add(new[] { 1, 2, 4 }.Select((weight, i) => Math.Abs((served[i].Served.Length / total / (weight / 7d)) - 1) * 100).Max());
        }

        return Figure.Of(errors, "%", median => median <= 3);
    }
}
