using System.CommandLine;
using System.Text.Json;
using VisionCluster.Cli.Commands;
using VisionCluster.Client;
using VisionCluster.Contracts.Classification;

namespace VisionCluster.Cli.LabelSets;

/// <summary><c>visionctl label-sets</c>: vocabularies that the cluster keeps.</summary>
internal static class LabelSetsCommand
{
    public static Command Create() => new("label-sets", "Vocabularies that the cluster keeps under a name.")
    {
        CreatePut(),
        CreateForName("get", "Print a label set as JSON.", async (client, name, terminal, cancellationToken) =>
            await WriteAsync(terminal, await client.GetLabelSetAsync(name, cancellationToken))),
        CreateForName("delete", "Forget a label set.", async (client, name, terminal, cancellationToken) =>
        {
            await client.DeleteLabelSetAsync(name, cancellationToken);
            await terminal.Output.WriteLineAsync($"deleted {name}".AsMemory(), cancellationToken);
        }),
    };

    private static Command CreatePut()
    {
        var labels = new Option<string[]>("--label", "-l") { Description = "A label; repeat it.", AllowMultipleArgumentsPerToken = true };
        var file = new Option<string?>("--file", "-f") { Description = "A text file with a label on each line.", HelpName = "path" };
        var templates = new Option<string>("--templates")
        {
            Description = "The set of sentences that labels are put into.",
            DefaultValueFactory = _ => "simple",
        };
        templates.AcceptOnlyFromAmong([.. TemplateSets.Names]);
        var command = CreateForName("put", "Keep labels under a name.", null, labels, file, templates);
        return command;
    }

    private static Command CreateForName(
        string verb, string description, Func<IVisionClient, string, Terminal, CancellationToken, Task>? run, params Option[] options)
    {
        var name = new Argument<string>("name") { Description = "The label set's name." };
        var connection = new ConnectionOptions();
        var command = new Command(verb, description) { name };
        Array.ForEach(options, command.Add);
        connection.AddTo(command);
        command.Run(async (parsed, terminal, cancellationToken) =>
        {
            var (client, http) = connection.Connect(parsed);
            using var _ = http;
            await (run?.Invoke(client, parsed.GetRequiredValue(name), terminal, cancellationToken)
                ?? PutAsync(client, parsed, parsed.GetRequiredValue(name), options, terminal, cancellationToken));
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task PutAsync(
        IVisionClient client, ParseResult parsed, string name, Option[] options, Terminal terminal, CancellationToken cancellationToken)
    {
        var labels = (parsed.GetValue((Option<string[]>)options[0]) ?? []).ToList();
        if (parsed.GetValue((Option<string?>)options[1]) is { } file)
        {
            labels.AddRange((await File.ReadAllLinesAsync(file, cancellationToken)).Select(line => line.Trim()).Where(line => line.Length > 0));
        }

        var set = new LabelSet
        {
            Labels = labels,
            Templates = PromptTemplates.Named(parsed.GetRequiredValue((Option<string>)options[2])),
        };
        await WriteAsync(terminal, await client.PutLabelSetAsync(name, set, cancellationToken));
    }

    private static Task WriteAsync(Terminal terminal, LabelSetDescription set) =>
        terminal.Output.WriteLineAsync(JsonSerializer.Serialize(set, JsonSerializerOptions.Web));
}
