using System.Runtime.InteropServices;

namespace VisionCluster.Inference.Imaging.Isolation;

/// <summary>What the kernel lets this process take (setrlimit of Linux); on other systems nothing happens.</summary>
internal static partial class ProcessLimits
{
    // RLIMIT_ of sys/resource.h on Linux.
    private const int ProcessorSeconds = 0;
    private const int DataBytes = 2;
    private const int CoreBytes = 4;

    /// <summary>Bounds private memory, and lets no picture of a stranger's lie in a core dump.</summary>
    public static void Memory(long bytes)
    {
        Set(DataBytes, (ulong)bytes);
        Set(CoreBytes, 0);
    }

    /// <summary>Ends the process when it has used so much more processor time, a second at least.</summary>
    public static void ProcessorTime(TimeSpan more) =>
        Set(ProcessorSeconds, (ulong)(Math.Ceiling(Environment.CpuUsage.TotalTime.TotalSeconds) + Math.Ceiling(more.TotalSeconds)));

    private static void Set(int resource, ulong most)
    {
        if (OperatingSystem.IsLinux())
        {
            var limit = new Limit(most, ulong.MaxValue);
            if (SetLimit(resource, in limit) != 0)
            {
                // Where the hard limit is lower already it holds, and cannot be raised again.
                limit = new Limit(most, most);
                _ = SetLimit(resource, in limit);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(ulong Soft, ulong Hard);
}
