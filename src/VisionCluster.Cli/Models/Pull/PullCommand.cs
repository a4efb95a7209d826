using System.CommandLine;
using Spectre.Console;
using VisionCluster.Cli.Commands;

namespace VisionCluster.Cli.Models.Pull;

/// <summary><c>visionctl models pull</c>.</summary>
internal static class PullCommand
{
    private const string Description =
        "Fetch a known export from Hugging Face into a model folder; without a name, list what is known. What breaks off is "
        + "gone on with by the same command. HF_TOKEN, HF_ENDPOINT (a mirror), HTTPS_PROXY and NO_PROXY are heeded.";

    public static Command Create()
    {
        var name = new Argument<string?>("name") { Description = "The export's name.", Arity = ArgumentArity.ZeroOrOne };
        var to = new Option<string>("--to", "-o")
        {
            Description = "Folder of model folders; name it in Vision:Models:Directories.",
            HelpName = "folder",
            DefaultValueFactory = _ => "models",
        };
        var variant = new Option<string>("--variant")
        {
            Description = "A precision that the repository has: fp16, quantized, q4.",
            HelpName = "name",
            DefaultValueFactory = _ => "",
        };
        var tables = new Option<string[]>("--table") { Description = "A table of exports of your own; the last one wins.", HelpName = "file" };
        var command = new Command("pull", Description) { name, to, variant, tables };
        command.Run((parsed, terminal, cancellationToken) =>
        {
            var known = ExportTable.Read(parsed.GetValue(tables) ?? []);
            return parsed.GetValue(name) is { } wanted
                ? PullAsync(Find(known, wanted), parsed.GetRequiredValue(variant), parsed.GetRequiredValue(to), terminal, cancellationToken)
                : Task.FromResult(List(known.Values, terminal));
        });
        return command;
    }

    private static KnownExport Find(IReadOnlyDictionary<string, KnownExport> known, string name) => known.TryGetValue(name, out var export)
        ? export
        : throw new CommandException($"No export is named '{name}'. Known are {string.Join(", ", known.Keys)}.");

    private static int List(IEnumerable<KnownExport> known, Terminal terminal)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("name", "repository", "variants", "served");
        foreach (var export in known)
        {
            table.AddRow(
                new Text(export.Name), new Text(export.Repository),
                new Text(string.Join(' ', (export.Variants ?? []).Select(suffix => suffix.TrimStart('_')))),
                new Text(export.Manifest is null ? "not by this version" : "yes"));
        }

        terminal.Screen.Write(table);
        return ExitCodes.Success;
    }

    private static async Task<int> PullAsync(
        KnownExport export, string variant, string to, Terminal terminal, CancellationToken cancellationToken)
    {
        var suffix = variant.Length == 0 ? "" : $"_{variant}";
        if (suffix.Length > 0 && export.Variants?.Contains(suffix) != true)
        {
            throw new CommandException($"'{export.Name}' has no variant '{variant}'.");
        }

        var folder = Path.Combine(to, export.Name + suffix.Replace('_', '-'));
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        var pull = new ModelPull(new HubFile(http, HubOptions.FromEnvironment(Environment.GetEnvironmentVariable), TimeProvider.System));
        await terminal.Errors.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var bars = new Dictionary<string, ProgressTask>(StringComparer.Ordinal);
                await pull.RunAsync(export, suffix, folder, Show, cancellationToken);

                void Show(string file, long have, long? total)
                {
                    if (!bars.TryGetValue(file, out var bar))
                    {
                        bars.Add(file, bar = progress.AddTask(Markup.Escape(file)));
                    }

                    bar.IsIndeterminate = total is null;
                    bar.MaxValue = total ?? Math.Max(have, 1);
                    bar.Value = have;
                }
            });
        terminal.Screen.WriteLine(export.Manifest is null
            ? $"{folder}: the files are whole; this version of the server does not serve them."
            : $"{folder}: whole and checked. Serve it with --Vision:Models:Directories:0={to}");
        return ExitCodes.Success;
    }
}
