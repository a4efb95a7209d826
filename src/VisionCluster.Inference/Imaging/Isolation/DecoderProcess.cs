using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace VisionCluster.Inference.Imaging.Isolation;

/// <summary>One process that runs <see cref="DecoderWorker"/>; used by one thread at a time.</summary>
internal sealed class DecoderProcess : IDisposable
{
    /// <summary>All that it inherits of the server's environment, which may hold secrets.</summary>
    private static readonly string[] Inherited = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64"];

    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    public DecoderProcess(DecoderCommand command, DecoderOptions options, ImageLimits limits)
    {
        var start = new ProcessStartInfo(command.FileName) { RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] arguments =
        [
            .. command.Arguments, DecoderWorker.Verb, options.MemoryBytes.ToString(CultureInfo.InvariantCulture), JsonSerializer.Serialize(limits),
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        foreach (var name in start.Environment.Keys.Except(Inherited, StringComparer.Ordinal).ToArray())
        {
            start.Environment.Remove(name);
        }

        // Without a heap of its own size the collector would reserve by the machine's.
        start.Environment["DOTNET_GCHeapHardLimit"] = $"0x{options.MemoryBytes:x}";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        _process = Process.Start(start)!;
    }

    /// <summary>The operating system's number of it.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Sends a picture and reads what comes back.</summary>
    /// <exception cref="IOException">It ended meanwhile.</exception>
    public T Ask<T>(byte kind, ReadOnlySpan<byte> encoded, Func<Stream, T> read)
    {
        DecoderFrames.WriteRequest(_process.StandardInput.BaseStream, kind, encoded);
        return read(_process.StandardOutput.BaseStream);
    }

    /// <summary>Ends it at once; whoever waits for its answer gets an <see cref="IOException"/>.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    /// <summary>Ends it, if it has not; how it ended: 128 and more are signals.</summary>
    public int End()
    {
        // Its pipes are closed: whatever it is doing, it will not be heard of again.
        if (!_process.WaitForExit(ExitLimit))
        {
            Kill();
            _process.WaitForExit(ExitLimit);
        }

        return _process.HasExited ? _process.ExitCode : -1;
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
