using VisionCluster.Benchmarks.Batching;
using VisionCluster.Grains.Placement;

namespace VisionCluster.Benchmarks.Scaling;

/// <summary>Placed and called as image sessions are; its silo's device sleeps instead of computing.</summary>
[DevicePlacement]
internal sealed class SimulatedSessionGrain(SimulatedDevice device, ILocalSiloDetails silo) : Grain, ISimulatedSessionGrain
{
    public Task<int> WhereAsync() => Task.FromResult(silo.SiloAddress.Endpoint.Port);

    public async Task<int> RunAsync(int value) => (await device.Executor.EnqueueAsync(
        value, BenchEnvironment.Ticket("default"), 1, 0, CancellationToken.None)).Output;
}
