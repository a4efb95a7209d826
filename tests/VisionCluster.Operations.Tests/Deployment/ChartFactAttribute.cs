namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>A test that runs the real helm, and node with Kubernetes' schemas.</summary>
public sealed class ChartFactAttribute : FactAttribute
{
    public ChartFactAttribute() => Skip = Helm.IsInstalled ? null : Helm.Missing;
}
