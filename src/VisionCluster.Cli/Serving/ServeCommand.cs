using System.CommandLine;
using Microsoft.Extensions.Hosting;
using Spectre.Console;
using VisionCluster.Cli.Commands;
using VisionCluster.Server;

namespace VisionCluster.Cli.Serving;

/// <summary><c>visionctl serve</c>: the server, in the foreground.</summary>
internal static class ServeCommand
{
    private const string Description =
        "Run a server until Ctrl-C: HTTP on port 8080, this machine's devices, the starter models. Everything behind "
        + "'serve' is configuration, such as --urls http://127.0.0.1:9000 or --Vision:Roles:Worker=false.";

    public static Command Create()
    {
        var command = new Command("serve", Description) { TreatUnmatchedTokensAsErrors = false };
        command.Run(async (parsed, terminal, cancellationToken) =>
        {
            await using var server = VisionServer.Create([.. parsed.UnmatchedTokens]);
            await server.StartAsync(cancellationToken);
            terminal.Screen.WriteLine($"Listening on {string.Join(", ", server.Urls)}");
            await server.WaitForShutdownAsync(cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }
}
