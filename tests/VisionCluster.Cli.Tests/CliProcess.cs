using System.Diagnostics;

namespace VisionCluster.Cli.Tests;

/// <summary>Runs the real program.</summary>
internal static class CliProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static string Program => Path.Combine(AppContext.BaseDirectory, "visionctl.dll");

    /// <summary>Standard output of a run that succeeded.</summary>
    public static async Task<byte[]> RunAsync(byte[] input, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Program);
        Array.ForEach(args, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        using var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token);
        await process.StandardInput.BaseStream.WriteAsync(input, limit.Token);
        process.StandardInput.Close();
        await reading;
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == ExitCodes.Success, await errors);
        return output.ToArray();
    }
}
