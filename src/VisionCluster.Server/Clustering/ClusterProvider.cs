namespace VisionCluster.Server.Clustering;

/// <summary>Where silos find each other.</summary>
public enum ClusterProvider
{
    /// <summary>On one machine, through the memory of the first silo: for trying things out.</summary>
    Localhost,

    /// <summary>In Redis.</summary>
    Redis,

    /// <summary>In Redis, with names and addresses from the pod, and pods that are gone told by Kubernetes.</summary>
    Kubernetes,
}
