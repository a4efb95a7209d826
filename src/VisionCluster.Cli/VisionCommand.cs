using System.CommandLine;
using VisionCluster.Cli.Bench;
using VisionCluster.Cli.Completion;
using VisionCluster.Cli.Demo;
using VisionCluster.Cli.Keys;
using VisionCluster.Cli.LabelSets;
using VisionCluster.Cli.Models;
using VisionCluster.Cli.Serving;
using VisionCluster.Cli.Tasks;
using VisionCluster.Cli.Top;

namespace VisionCluster.Cli;

/// <summary>The whole of <c>visionctl</c>.</summary>
internal static class VisionCommand
{
    private const string Description =
        """
        VisionCluster: segment, classify and detect in images, on as many machines as there are.

        Answers go to standard output, errors to standard error.
        Exit codes: 0 done, 1 failed, 2 wrong usage, 130 cancelled.
        """;

    /// <summary>Runs a command line.</summary>
    /// <param name="args">Without the program's name.</param>
    /// <param name="invocation">Where output goes; null: to the console.</param>
    /// <param name="cancellationToken">Ends the command, as Ctrl-C does.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, InvocationConfiguration? invocation = null, CancellationToken cancellationToken = default)
    {
        var parsed = Create().Parse(args);
        var code = await parsed.InvokeAsync(invocation ?? new InvocationConfiguration(), cancellationToken);
        return parsed.Errors.Count > 0 ? ExitCodes.Usage : code;
    }

    private static RootCommand Create() => new(Description)
    {
        DemoCommand.Create(),
        ServeCommand.Create(),
        SegmentCommand.Create(),
        EverythingCommand.Create(),
        ClassifyCommand.Create(),
        DetectCommand.Create(),
        EmbedCommand.Create(),
        SearchCommand.Create(),
        LabelSetsCommand.Create(),
        ModelsCommand.Create(),
        TopCommand.Create(),
        BenchCommand.Create(),
        KeysCommand.Create(),
        CompletionCommand.Create(),
    };
}
