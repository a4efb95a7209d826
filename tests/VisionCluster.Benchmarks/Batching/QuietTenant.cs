using VisionCluster.Inference.Batching;

namespace VisionCluster.Benchmarks.Batching;

/// <summary>What a flood by one tenant does to another that sends little.</summary>
internal sealed class QuietTenant : IBenchmark
{
    private const int Flood = 400;
    private const int Quiet = 8;
    private const double BatchMilliseconds = 4 + (0.2 * 8);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    public string Name => "quiet tenant's p99 under a 50x flood by another / (1.5 x alone + one batch)";

    public string Bar => "<= 1";

    public async Task<Figure> RunAsync()
    {
        var ratios = new List<double>();
        var refused = 0;
        for (var pair = 0; pair < 12; pair++)
        {
            using var runner = new SimulatedRunner(TimeSpan.FromMilliseconds(4), TimeSpan.FromMilliseconds(0.2));
            await using var executor = new BatchExecutor<int, int>(
                "simulated", runner, new BatchingOptions { MaxBatchSize = 8, MaxQueueSize = 512 }, BenchEnvironment.Create());
            var alone = await LoadGenerator.RunAsync(executor, "quiet", Quiet, Window);
            var flood = LoadGenerator.RunAsync(executor, "flood", Flood, Window);
            var together = await LoadGenerator.RunAsync(executor, "quiet", Quiet, Window);
            await flood;
            refused += together.Refused.Length;
            ratios.Add(Figure.At(together.Served, 0.99) / ((1.5 * Figure.At(alone.Served, 0.99)) + BatchMilliseconds));
        }

        return Figure.Of(ratios, "x", median => median <= 1 && refused == 0, $"{refused} quiet calls refused");
    }
}
