using System.Diagnostics;
using System.Runtime.InteropServices;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>Runs a program to its end.</summary>
internal static partial class Command
{
    private const int TerminateSignal = 15;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(7);

    /// <returns>Exit code, standard output and standard error.</returns>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        string program, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = RepositoryRoot.Path,
        };
        Array.ForEach(arguments, start.ArgumentList.Add);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Whether a program is on the path.</summary>
    public static bool Exists(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Asks a process to end, as Docker and Kubernetes do.</summary>
    public static void Terminate(Process process) => Assert.Equal(0, SendSignal(process.Id, TerminateSignal));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
