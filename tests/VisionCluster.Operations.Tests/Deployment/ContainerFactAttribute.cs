using System.Diagnostics;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>A test that builds and runs a container with the real podman.</summary>
public sealed class ContainerFactAttribute : FactAttribute
{
    public ContainerFactAttribute() => Skip = Missing;

    /// <summary>Where NuGet keeps packages, so that a build in a container fetches none again.</summary>
    public static string Packages { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>What this machine lacks; null for nothing.</summary>
    public static string? Missing { get; } =
        Environment.UserName != "root" ? "needs root"
        : !new[] { "podman", "nsenter", "curl", "dpkg", "apt-cache" }.All(Command.Exists) || !(Command.Exists("runc") || Command.Exists("crun"))
            ? "needs podman and runc on Debian (apt-get install podman runc)"
        : !MakesNamespaces() ? "needs a kernel and rights for namespaces and overlay mounts"
        : null;

    private static bool MakesNamespaces()
    {
        using var process = Process.Start(new ProcessStartInfo("unshare", ["--mount", "--pid", "--fork", "--net", "true"]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
