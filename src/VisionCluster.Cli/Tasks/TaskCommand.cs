using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using VisionCluster.Cli.Commands;
using VisionCluster.Client;

namespace VisionCluster.Cli.Tasks;

/// <summary>What <c>segment</c>, <c>everything</c>, <c>classify</c> and <c>detect</c> share: images in, answers as a table or JSON out.</summary>
internal sealed class TaskCommand
{
    private readonly ConnectionOptions _connection = new();
    private readonly Argument<string[]> _images = InputFiles.Argument();
    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one line of JSON an image: {\"file\", \"imageId\", \"response\"}.",
    };

    public TaskCommand(string name, string description)
    {
        Command = new Command(name, description) { _images, _json };
        _connection.AddTo(Command);
    }

    /// <summary>The command, to add options to.</summary>
    public Command Command { get; }

    /// <summary>Gives the command its work.</summary>
    /// <param name="columns">Of the table, after the file's.</param>
    /// <param name="ask">Asks for one image.</param>
    /// <param name="rows">The answer's lines in the table.</param>
    /// <param name="draw">The answer drawn over the image into a folder, where there is one.</param>
    public void Run<T>(
        string[] columns,
        Func<ParseResult, IImageSession, CancellationToken, Task<T>> ask,
        Func<T, IEnumerable<string[]>> rows,
        Func<ParseResult, byte[], T, (string Folder, byte[] Picture)?> draw) =>
        Command.Run(async (parsed, terminal, cancellationToken) =>
        {
            var files = InputFiles.Expand(parsed.GetRequiredValue(_images));
            var (client, http) = _connection.Connect(parsed);
            using var connection = http;
            var table = new Table().Border(TableBorder.Rounded).AddColumn("file").AddColumns(columns);
            var drawn = false;
            await terminal.ForEachAsync(files, async file =>
            {
                var bytes = await InputFiles.ReadAsync(file, cancellationToken);
                var image = await client.OpenImageAsync(bytes, cancellationToken: cancellationToken);
                var answer = await ask(parsed, image, cancellationToken);
                if (parsed.GetValue(_json))
                {
                    var line = JsonSerializer.Serialize(
                        new { file, imageId = image.Id, response = answer }, JsonSerializerOptions.Web);
                    await terminal.Output.WriteLineAsync(line.AsMemory(), cancellationToken);
                }

                foreach (var row in rows(answer))
                {
                    table.AddRow([new Text(file), .. row.Select(cell => new Text(cell))]);
                }

                if (draw(parsed, bytes, answer) is ({ } folder, { } picture))
                {
                    drawn |= folder == InputFiles.Standard;
                    await WriteAsync(folder, file, files.Count, parsed.GetValue(_json), picture, cancellationToken);
                }
            });
            if (drawn)
            {
                return ExitCodes.Success;
            }

            if (!parsed.GetValue(_json))
            {
                terminal.Screen.Write(table);
            }

            return ExitCodes.Success;
        });

    private async Task WriteAsync(string folder, string file, int files, bool json, byte[] picture, CancellationToken cancellationToken)
    {
        if (folder == InputFiles.Standard)
        {
            if (files > 1 || json)
            {
                throw new CommandException("Standard output takes one picture, or JSON; name a folder.");
            }

            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(picture, cancellationToken);
            return;
        }

        Directory.CreateDirectory(folder);
        var name = file == InputFiles.Standard ? "stdin" : Path.GetFileNameWithoutExtension(file);
        await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}.{Command.Name}.png"), picture, cancellationToken);
    }
}
