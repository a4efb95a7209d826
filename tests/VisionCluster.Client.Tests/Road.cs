namespace VisionCluster.Client.Tests;

/// <summary>How a client reaches the cluster.</summary>
public enum Road
{
    Http,
    Orleans,
}
