using System.CommandLine;
using System.Text.Json;
using VisionCluster.Cli.Commands;
using VisionCluster.Contracts.Embeddings;

namespace VisionCluster.Cli.Tasks;

/// <summary><c>visionctl embed</c>.</summary>
internal static class EmbedCommand
{
    public static Command Create()
    {
        var texts = new Option<string[]>("--text", "-t") { Description = "A text; repeat it.", HelpName = "text" };
        var images = new Option<string[]>("--image", "-i") { Description = "An image file, or a glob; repeat it.", HelpName = "file" };
        var truncate = new Option<bool>("--truncate") { Description = "Cut texts of too many tokens." };
        var model = TaskOptions.Model();
        var connection = new ConnectionOptions();
        var command = new Command("embed", "Print embeddings of texts and images as JSON, in the shape of OpenAI's API.") { texts, images, truncate, model };
        connection.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(texts) is null && result.GetResult(images) is null)
            {
                result.AddError("Say what to embed: --text or --image.");
            }
        });
        command.Run(async (parsed, terminal, cancellationToken) =>
        {
            var inputs = (parsed.GetValue(texts) ?? []).Select(EmbeddingInput.OfText).ToList();
            foreach (var file in InputFiles.Expand(parsed.GetValue(images) ?? []))
            {
                inputs.Add(EmbeddingInput.OfContent(await InputFiles.ReadAsync(file, cancellationToken)));
            }

            var (client, http) = connection.Connect(parsed);
            using var _ = http;
            var request = new EmbeddingsRequest { Model = parsed.GetValue(model), Input = inputs, Truncate = parsed.GetValue(truncate) };
            var answer = await client.EmbedAsync(request, cancellationToken: cancellationToken);
            await terminal.Output.WriteLineAsync(JsonSerializer.Serialize(answer, JsonSerializerOptions.Web));
            return ExitCodes.Success;
        });
        return command;
    }
}
