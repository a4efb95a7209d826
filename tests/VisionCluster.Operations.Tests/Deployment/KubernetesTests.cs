namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>The chart in a real API server, and servers that form a cluster by its pods.</summary>
public sealed class KubernetesTests
{
    [KubernetesFact]
    public async Task Chart_InAnApiServer_IsTakenAndItsServersFormACluster()
    {
        var (code, output, errors) = await Command.RunAsync(
            RepositoryRoot.Of("tools", "try-kubernetes.sh"),
            new Dictionary<string, string> { ["SERVER"] = Path.Combine(AppContext.BaseDirectory, "VisionCluster.Server.dll") });
        Assert.True(code == 0, output + errors);
        Assert.Contains("\nasked: get pods (", output, StringComparison.Ordinal);
        Assert.StartsWith("tried: ", output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }
}
