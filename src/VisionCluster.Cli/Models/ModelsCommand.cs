using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using VisionCluster.Cli.Commands;
using VisionCluster.Cli.Models.Evaluation;
using VisionCluster.Cli.Models.Pull;

namespace VisionCluster.Cli.Models;

/// <summary><c>visionctl models</c>.</summary>
internal static class ModelsCommand
{
    public static Command Create() => new("models", "Look after models.") 
    {
        CreateList(), PullCommand.Create(), VerifyCommand.Create(), EvaluateCommand.Create(),
    };

    private static Command CreateList()
    {
        var connection = new ConnectionOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("list", "Models that a cluster serves.") { json };
        connection.AddTo(command);
        command.Run(async (parsed, terminal, cancellationToken) =>
        {
            var (client, http) = connection.Connect(parsed);
            using var _ = http;
            var models = await client.ListModelsAsync(cancellationToken);
            if (parsed.GetValue(json))
            {
                await terminal.Output.WriteLineAsync(JsonSerializer.Serialize(models, JsonSerializerOptions.Web));
                return ExitCodes.Success;
            }

            var table = new Table().Border(TableBorder.Rounded).AddColumns("name", "family", "version", "licence", "source");
            foreach (var model in models)
            {
                table.AddRow(new Text(model.Name), new Text(model.Family), new Text(model.Version), new Text(model.License), new Text(model.Source));
            }

            terminal.Screen.Write(table);
            return ExitCodes.Success;
        });
        return command;
    }
}
