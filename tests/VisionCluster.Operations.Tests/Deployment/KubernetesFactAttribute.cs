namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>A test that installs the chart into a real API server of Kubernetes.</summary>
public sealed class KubernetesFactAttribute : FactAttribute
{
    private static readonly string[] Parts = ["etcd", "kube-apiserver", "redis-server", "ip", "jq", "openssl", "setpriv", "curl"];

    public KubernetesFactAttribute() => Skip =
        !Helm.IsInstalled ? Helm.Missing
        : Parts.Where(part => !Command.Exists(part)).ToArray() is { Length: > 0 } missing ? $"needs {string.Join(", ", missing)} on the path"
        : Environment.UserName != "root" ? "needs root"
        : null;
}
