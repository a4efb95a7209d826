using VisionCluster.Benchmarks.Batching;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Benchmarks.Scaling;

/// <summary>A device with the queue of a graph in front of it. It waits and uses no processor.</summary>
internal sealed class SimulatedDevice : IAsyncDisposable
{
    /// <summary>Most items of a run.</summary>
    public const int BatchSize = 8;

    /// <summary>Cost of a run.</summary>
    public static readonly TimeSpan Run = TimeSpan.FromMilliseconds(40);

    /// <summary>Cost of an item.</summary>
    public static readonly TimeSpan Item = TimeSpan.FromMilliseconds(5);

    public BatchExecutor<int, int> Executor { get; } = new(
        "simulated", new SimulatedRunner(Run, Item), new BatchingOptions { MaxBatchSize = BatchSize }, BenchEnvironment.Create());

    public ValueTask DisposeAsync() => Executor.DisposeAsync();
}
