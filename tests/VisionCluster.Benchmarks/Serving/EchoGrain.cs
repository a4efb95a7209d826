using VisionCluster.Benchmarks.Batching;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>Passes numbers through a batcher whose model does nothing.</summary>
internal sealed class EchoGrain(EchoBatcher batcher) : Grain, IEchoGrain
{
    public async Task<int> EchoAsync(int value) =>
        (await batcher.Executor.EnqueueAsync(value, BenchEnvironment.Ticket("default"), 1, 0, CancellationToken.None)).Output;
}
