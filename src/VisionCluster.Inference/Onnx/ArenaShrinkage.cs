using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx;

/// <summary>
/// Lets the arenas of a device give back what lies free in them: each graph's at the end of its next run, after a run of one of
/// them did not fit. An arena grows with the largest run and keeps that, which another graph may need. Thread-safe.
/// </summary>
internal sealed class ArenaShrinkage
{
    /// <summary>The run's setting, of <c>onnxruntime_run_options_config_keys.h</c>.</summary>
    private const string Setting = "memory.enable_memory_arena_shrinkage";

    private const string HostArena = "cpu:0";

    private int _asked;

    /// <summary>Lets every graph's next run end with it.</summary>
    public void Ask() => Interlocked.Increment(ref _asked);

    /// <summary>What a session has: null for nothing, as ONNX Runtime refuses to shrink an arena that is not there.</summary>
    /// <param name="device">Where it runs.</param>
    /// <param name="options">Whether anything is to be given back.</param>
    /// <param name="keepsRunMemory">Whether it has an arena on a CPU.</param>
    public static string? ArenaOf(OnnxDevice device, OnnxOptions options, bool keepsRunMemory) =>
        !options.ShrinkArenas ? null
        : device.Kind == AcceleratorKind.Cuda ? $"gpu:{device.Index}"
        : keepsRunMemory ? HostArena : null;

    /// <summary>Sets a run to end with it where that was asked for since the session's last such run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="arena">The session's.</param>
    /// <param name="done">What the session has followed.</param>
    /// <returns>Whether it was.</returns>
    public bool Apply(RunOptions run, string? arena, ref int done)
    {
        var asked = Volatile.Read(ref _asked);
        if (arena is null || Interlocked.Exchange(ref done, asked) == asked)
        {
            return false;
        }

        run.AddRunConfigEntry(Setting, arena);
        return true;
    }

    /// <summary>Sets a run to end with it in an arena of the host's memory, whatever was asked for.</summary>
    public static void ApplyToHost(RunOptions run) => run.AddRunConfigEntry(Setting, HostArena);
}
