using System.Diagnostics;

namespace VisionCluster.Benchmarks.Scaling;

/// <summary>This program started again as a worker.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    public static async Task<WorkerProcess> StartAsync(int primaryPort)
    {
        // This program may itself be run as "dotnet bench.dll".
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])[typeof(WorkerProcess).Assembly.Location, SimulatedWorker.Verb, "--Vision:Roles:Gateway=false", $"--Vision:Cluster:PrimaryPort={primaryPort}"])
        {
            start.ArgumentList.Add(argument);
        }

        var worker = new WorkerProcess(Process.Start(start)!);
        var line = await worker._process.StandardOutput.ReadLineAsync();
        return line == "ready" ? worker : throw new InvalidOperationException($"A worker did not start: {line}");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(30)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
