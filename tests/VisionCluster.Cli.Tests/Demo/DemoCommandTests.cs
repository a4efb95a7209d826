using System.Diagnostics;

namespace VisionCluster.Cli.Tests.Demo;

public sealed class DemoCommandTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Demo_InThisProcess_ShowsEverything()
    {
        using var folder = new TemporaryFolder();

        var run = await CliRun.StartAsync(["demo", "--output", folder["pictures"]]);

        Assert.Equal((ExitCodes.Success, ""), (run.Code, run.Errors));
        DemoOutput.AssertComplete(run.Output, folder["pictures"]);
    }

    [Fact]
    public async Task Demo_AsAProgramInAnotherFolder_ShowsEverything()
    {
        using var folder = new TemporaryFolder();
        using var limit = new CancellationTokenSource(Limit);
        using var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "visionctl.dll"), "demo" },
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);

        Assert.Equal((ExitCodes.Success, ""), (process.ExitCode, await errors));
        DemoOutput.AssertComplete(output, folder["visioncluster-demo"]);
    }

    [Fact]
    public async Task Demo_FolderThatCannotBeMade_FailsClearly()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["file"], "");

        var run = await CliRun.StartAsync(["demo", "--output", folder["file"]]);

        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.StartsWith("error:", run.Errors, StringComparison.Ordinal);
        Assert.Contains("file", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_Cancelled_EndsWithItsOwnCode()
    {
        using var folder = new TemporaryFolder();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        var run = await CliRun.StartAsync(["demo", "--output", folder.Path], cancelled.Token);

        Assert.Equal(ExitCodes.Cancelled, run.Code);
    }
}
