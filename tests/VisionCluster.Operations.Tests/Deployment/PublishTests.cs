using System.Diagnostics;
using System.Globalization;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>The Dockerfile's steps as far as they go without Docker: publish, layout, user, entry point, probe, end.</summary>
public sealed class PublishTests
{
    private const string User = "1654";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [PublishFact]
    public async Task Image_WithoutDocker_ServesAsItsUserAnswersItsProbeAndStops()
    {
        using var folder = new TemporaryFolder();
        var app = Path.Combine(folder.Path, "app");
        // Compiling ahead takes minutes on two cores and changes no file's name: the build of images does it.
        var (code, output, errors) = await Command.RunAsync(
            RepositoryRoot.Of("deploy", "publish.sh"), new Dictionary<string, string> { ["READY_TO_RUN"] = "false" }, "cpu", app, "9.8.7");
        Assert.True(code == 0, output + errors);
        PublishedServer.Check(app, "9.8.7");

        var port = FreePort.Next();
        using var server = Process.Start(await AsUserAsync(
            folder, "dotnet", Path.Combine(app, "VisionCluster.Server.dll"), $"--urls=http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", "--Vision:Models:Load:0=starter-clip"))!;
        var said = server.StandardError.ReadToEndAsync();
        try
        {
            await Eventually.TrueAsync(
                async () => (await ProbeAsync(app, port)).Code == 0, Limit, "the image's own health check is content");
        }
        finally
        {
            Command.Terminate(server);
            await server.WaitForExitAsync().WaitAsync(Limit);
        }

        Assert.Equal(0, server.ExitCode);
        // ONNX Runtime's reports to its maker, which here would have nowhere to lie until they are sent, and would say so.
        Assert.DoesNotContain("telemetry", await said, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, (await ProbeAsync(app, port)).Code);
    }

    private static Task<(int Code, string Output, string Errors)> ProbeAsync(string app, int port) => Command.RunAsync(
        "dotnet", null, Path.Combine(app, "VisionCluster.Server.dll"), "health", $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/health/ready");

    /// <summary>As the image's user, who may write nowhere, where this process may become it.</summary>
    private static async Task<ProcessStartInfo> AsUserAsync(TemporaryFolder folder, params string[] command)
    {
        var root = Environment.UserName == "root" && Command.Exists("setpriv");
        if (root)
        {
            // The folder is its maker's alone at first.
            Assert.Equal(0, (await Command.RunAsync("chmod", null, "-R", "a+rX", folder.Path)).Code);
        }

        var start = new ProcessStartInfo(root ? "setpriv" : command[0]) 
        {
            WorkingDirectory = Path.Combine(folder.Path, "app"), RedirectStandardError = true,
        };
        string[] arguments = root ? ["--reuid", User, "--regid", User, "--clear-groups", "--no-new-privs", .. command] : command[1..];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["HOME"] = "/nonexistent";
        // It turns those reports off by itself.
        start.Environment.Remove("CI");
        return start;
    }
}
