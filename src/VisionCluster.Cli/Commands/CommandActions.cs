using System.CommandLine;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Cli.Commands;

/// <summary>Gives every command the same way to fail: one line on standard error and an exit code.</summary>
internal static class CommandActions
{
    public static void Run(this Command command, Func<ParseResult, Terminal, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var invocation = parsed.InvocationConfiguration;
            var terminal = Terminal.For(invocation.Output, invocation.Error);
            try
            {
                return await action(parsed, terminal, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                terminal.Error("cancelled.");
                return ExitCodes.Cancelled;
            }
            catch (VisionException error)
            {
                terminal.Error($"{error.Message} ({error.Code})");
                return ExitCodes.Failure;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or CommandException)
            {
                terminal.Error(error.Message);
                return ExitCodes.Failure;
            }
        });
}
