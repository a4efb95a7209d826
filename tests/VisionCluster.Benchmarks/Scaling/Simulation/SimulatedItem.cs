using VisionCluster.Benchmarks.Batching;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Benchmarks.Scaling.Simulation;

/// <summary>One encode or click in a queue.</summary>
internal sealed class SimulatedItem(Action done) : QueuedItem(BenchEnvironment.Ticket("people"), 1, 0)
{
    public Action Done { get; } = done;
}
