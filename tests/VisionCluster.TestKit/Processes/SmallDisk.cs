using System.Diagnostics;

namespace VisionCluster.TestKit.Processes;

/// <summary>A file system of its own with little room.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Mounts it, where this process may.</summary>
    public SmallDisk(int megabytes) =>
        IsMounted = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", _folder.Path) == 0;

    /// <summary>Where it is.</summary>
    public string Path => _folder.Path;

    /// <summary>False where this process may not mount.</summary>
    public bool IsMounted { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (IsMounted)
        {
            Run("umount", "-l", _folder.Path);
        }

        _folder.Dispose();
    }

    private static int Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
