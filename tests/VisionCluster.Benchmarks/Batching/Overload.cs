using VisionCluster.Inference.Batching;

namespace VisionCluster.Benchmarks.Batching;

/// <summary>What is still served when ten times the callers come that the queue can take.</summary>
internal sealed class Overload : IBenchmark
{
    private const int Capacity = 64;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    public string Name => "10x overload: goodput / peak; rejects answered within";

    public string Bar => ">= 0.9; 50 ms p99";

    public async Task<Figure> RunAsync()
    {
        var (ratios, rejects) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < 12; pair++)
        {
            var peak = await MeasureAsync(Capacity);
            var overload = await MeasureAsync(Capacity * 10);
            ratios.Add((double)overload.Served.Length / peak.Served.Length);
            rejects.Add(Figure.At(overload.Refused, 0.99));
        }

        var slowest = Figure.At([.. rejects.Order()], 0.5);
        return Figure.Of(ratios, "x", median => median >= 0.9 && slowest <= 50, $"rejects {slowest:0.0} ms p99");
    }

    private static async Task<(double[] Served, double[] Refused)> MeasureAsync(int callers)
    {
        using var runner = new SimulatedRunner(TimeSpan.FromMilliseconds(4), TimeSpan.FromMilliseconds(0.2));
        await using var executor = new BatchExecutor<int, int>(
            "simulated", runner, new BatchingOptions { MaxBatchSize = 8, MaxQueueSize = Capacity, TenantQueueShare = 1 },
            BenchEnvironment.Create());
        return await LoadGenerator.RunAsync(executor, "a", callers, Window);
    }
}
