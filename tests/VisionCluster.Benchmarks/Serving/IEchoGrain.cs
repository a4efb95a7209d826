using Orleans.Concurrency;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>A grain in front of a batcher, as a model host is.</summary>
public interface IEchoGrain : IGrainWithIntegerKey
{
    [AlwaysInterleave]
    Task<int> EchoAsync(int value);
}
