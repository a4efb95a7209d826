using System.CommandLine;

namespace VisionCluster.Cli.Tests;

/// <summary>What a command line ended with.</summary>
/// <param name="Code">Exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record CliRun(int Code, string Output, string Errors)
{
    /// <summary>Runs a command line in this process.</summary>
    public static async Task<CliRun> StartAsync(IReadOnlyList<string> args, CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await VisionCommand.RunAsync(
            args, new InvocationConfiguration { Output = output, Error = errors }, cancellationToken);
        return new CliRun(code, output.ToString(), errors.ToString());
    }
}
