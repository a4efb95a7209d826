using VisionCluster.TestKit.Processes;

namespace VisionCluster.Cluster.Tests.Faults;

/// <summary>A test that takes too long for every run.</summary>
internal sealed class FullFactAttribute() : RedisFactAttribute(FaultScale.IsFull ? null : "runs where VISIONCLUSTER_FULL_FAULTS=1");
