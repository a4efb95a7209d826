using Orleans.Concurrency;

namespace VisionCluster.Benchmarks.Scaling;

/// <summary>A session whose silo has a simulated device.</summary>
public interface ISimulatedSessionGrain : IGrainWithIntegerKey
{
    /// <summary>Port of the silo that it sits on.</summary>
    Task<int> WhereAsync();

    /// <summary>One item on the device.</summary>
    [AlwaysInterleave]
    Task<int> RunAsync(int value);
}
