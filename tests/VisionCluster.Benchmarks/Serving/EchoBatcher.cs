using VisionCluster.Benchmarks.Batching;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>The batcher behind the grain.</summary>
internal sealed class EchoBatcher : IAsyncDisposable
{
    public BatchExecutor<int, int> Executor { get; } = new(
        "echo", new SimulatedRunner(TimeSpan.Zero, TimeSpan.Zero), new BatchingOptions { MaxBatchSize = 64 }, BenchEnvironment.Create());

    public ValueTask DisposeAsync() => Executor.DisposeAsync();
}
