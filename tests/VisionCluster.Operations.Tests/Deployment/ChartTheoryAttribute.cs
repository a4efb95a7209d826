namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>A theory that runs the real helm, and node with Kubernetes' schemas.</summary>
public sealed class ChartTheoryAttribute : TheoryAttribute
{
    public ChartTheoryAttribute() => Skip = Helm.IsInstalled ? null : Helm.Missing;
}
