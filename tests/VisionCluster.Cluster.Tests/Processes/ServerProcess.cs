using VisionCluster.Cluster.Tests.Faults;
using VisionCluster.TestKit.Processes;
using System.Collections.Concurrent;
using System.Diagnostics;

namespace VisionCluster.Cluster.Tests.Processes;

/// <summary>A VisionCluster.Server process of its own.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly ConcurrentQueue<string> _output = new();
    private readonly string[] _settings;
    private Process _process;

    private ServerProcess(string[] settings)
    {
        var port = FreePort.Next();
        Url = new Uri($"http://127.0.0.1:{port}");
        _settings = settings;
        _process = Launch();
    }

    public Uri Url { get; }

    /// <summary>What it logged, for a failing test.</summary>
    public string Output => string.Join('\n', _output);

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static ServerProcess Start(params string[] settings) => new(settings);

    /// <summary>Starts it again at the same address, with other settings where some are given.</summary>
    public void Restart(params string[] more)
    {
        _process.Dispose();
        _process = Launch(more);
    }

    public Task WaitUntilReadyAsync() => Eventually.TrueAsync(
        async () =>
        {
            Assert.False(HasExited, $"The server ended: {Output}");
            return await IsReadyAsync();
        },
        FaultScale.Patience,
        $"the server at {Url} is ready");

    /// <summary>Whether it says that it is ready; not, where it answers nothing.</summary>
    public async Task<bool> IsReadyAsync() => await ProbeAsync() ?? false;

    /// <summary>The same; null where it does not answer within a second, as on a machine that has no time for it.</summary>
    public async Task<bool?> ProbeAsync()
    {
        try
        {
            using var http = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(1) };
            using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (NoAnswer.Is(error))
        {
            return error is OperationCanceledException ? null : false;
        }
    }

    public void Signal(int signal) => PosixSignal.Send(_process, signal);

    public void Kill()
    {
        Signal(PosixSignal.Kill);
        _process.WaitForExit();
    }

    public async Task<TimeSpan> ExitedAsync(TimeSpan limit) =>
        await Eventually.TrueAsync(() => Task.FromResult(HasExited), limit, $"the server at {Url} has ended");

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            // A stopped process takes no other signal.
            Kill();
        }

        _process.Dispose();
    }

    private Process Launch(params string[] more)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "VisionCluster.Server.dll"), $"--urls={Url.OriginalString}",
            "--Logging:LogLevel:Default=Warning", .. _settings.Concat(more).Select(setting => $"--{setting}"),
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}
