using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using VisionCluster.Cli.Commands;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Search;

namespace VisionCluster.Cli.Tasks;

/// <summary><c>visionctl search</c>.</summary>
internal static class SearchCommand
{
    public static Command Create()
    {
        var text = new Option<string?>("--text", "-t") { Description = "What to look for in words.", HelpName = "text" };
        var image = new Option<string?>("--image", "-i") { Description = "What to look for: an image file, or an image's id.", HelpName = "file|id" };
        var top = new Option<int>("--top") { Description = "How many images to print, best first.", DefaultValueFactory = _ => 10 };
        var json = new Option<bool>("--json") { Description = "Print the answer as JSON." };
        var model = TaskOptions.Model();
        var connection = new ConnectionOptions();
        var command = new Command("search", "Your live images that are nearest to a text or an image.") { text, image, top, model, json };
        connection.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(text) is null == result.GetResult(image) is null)
            {
                result.AddError("Say what to look for: --text or --image.");
            }
        });
        command.Run(async (parsed, terminal, cancellationToken) =>
        {
            var given = parsed.GetValue(image);
            var (client, http) = connection.Connect(parsed);
            using var _ = http;
            var request = new SearchRequest
            {
                Model = parsed.GetValue(model),
                Text = parsed.GetValue(text),
                Image = given is not null && File.Exists(given)
                    ? DataUrl.Encode(await File.ReadAllBytesAsync(given, cancellationToken))
                    : given,
                TopK = parsed.GetValue(top),
            };
            var answer = await client.SearchAsync(request, cancellationToken: cancellationToken);
            if (parsed.GetValue(json))
            {
                await terminal.Output.WriteLineAsync(JsonSerializer.Serialize(answer, JsonSerializerOptions.Web));
                return ExitCodes.Success;
            }

            var table = new Table().Border(TableBorder.Rounded).AddColumns("image", "score");
            foreach (var result in answer.Results)
            {
                table.AddRow(result.Image, result.Score.ToString("F3", CultureInfo.InvariantCulture));
            }

            terminal.Screen.Write(table);
            if (!answer.Complete)
            {
                terminal.Error("a device did not answer: images that it holds are missing.");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
