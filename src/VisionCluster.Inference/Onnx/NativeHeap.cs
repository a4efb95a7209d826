using System.Runtime.InteropServices;

namespace VisionCluster.Inference.Onnx;

/// <summary>
/// Keeps glibc from holding what models needed only while they were loaded: by default every thread gets an arena of
/// its own, which keeps its peak for ever. On other systems nothing happens.
/// </summary>
public static partial class NativeHeap
{
    // M_ARENA_MAX of malloc.h.
    private const int MaxArenas = -8;

    private const int Arenas = 2;

    /// <summary>Few arenas. To be called before models are loaded.</summary>
    public static void Configure() => Try(static () => _ = SetOption(MaxArenas, Arenas));

    /// <summary>Gives back what is free.</summary>
    public static void Trim() => Try(static () => _ = TrimHeap(0));

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // Not glibc: its defaults do.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nuint keep);
}
