using System.Diagnostics;
using System.Globalization;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>A server that is told to leave while it starts, as a roll-out that is taken back does.</summary>
public sealed class EarlyStopTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    [RedisFact]
    public async Task Server_ToldToLeaveAtAnyMomentOfItsStart_EndsByItselfWithoutAnError()
    {
        foreach (var milliseconds in new[] { 600, 1200, 2000, 3000 })
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
            await RealTime.PassAsync(TimeSpan.FromMilliseconds(milliseconds));
            Command.Terminate(server);
            await server.WaitForExitAsync().WaitAsync(Limit);
            Assert.True(server.ExitCode == 0, $"{server.ExitCode} after {milliseconds} ms: {string.Join('\n', await said)}");
        }
    }
}
