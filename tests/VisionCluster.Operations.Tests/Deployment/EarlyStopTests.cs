using System.Diagnostics;
using System.Globalization;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>A server that is told to leave while it starts, as a roll-out that is taken back does.</summary>
public sealed class EarlyStopTests
{
    /// <summary>The thread that .NET hears signals on: before it is there, no program of .NET can be told anything.</summary>
    private const string Hearing = ".NET SigHandler";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [RedisFact]
    public async Task Server_ToldToLeaveAtAnyMomentOfItsStart_EndsByItselfWithoutAnError()
    {
        foreach (var milliseconds in new[] { 50, 600, 1400, 2500 })
        {
            using var server = Process.Start(new ProcessStartInfo("dotnet")
            {
                ArgumentList =
                {
                    Path.Combine(AppContext.BaseDirectory, "VisionCluster.Server.dll"),
                    $"--urls=http://127.0.0.1:{FreePort.Next().ToString(CultureInfo.InvariantCulture)}",
                },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var said = Task.WhenAll(server.StandardOutput.ReadToEndAsync(), server.StandardError.ReadToEndAsync());
            await Eventually.TrueAsync(() => Task.FromResult(Hears(server)), Limit, "the server hears signals");
            await RealTime.PassAsync(TimeSpan.FromMilliseconds(milliseconds));
            Command.Terminate(server);
            await server.WaitForExitAsync().WaitAsync(Limit);
            Assert.True(server.ExitCode == 0, $"{server.ExitCode}, {milliseconds} ms after it could hear: {string.Join('\n', await said)}");
        }
    }

    private static bool Hears(Process process)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{process.Id}/task").Any(thread => File.ReadAllText(Path.Combine(thread, "comm")).Trim() == Hearing);
        }
        catch (IOException)
        {
            // A thread that has just ended.
            return false;
        }
    }
}
