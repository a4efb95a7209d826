using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using VisionCluster.Cli.Commands;
using VisionCluster.Cli.Demo;
using VisionCluster.Client;
using VisionCluster.Contracts.Classification;

namespace VisionCluster.Cli.Models.Evaluation;

/// <summary><c>visionctl models eval</c>: the figures of the model cards, measured again through the whole cluster.</summary>
internal static class EvaluateCommand
{
    private const string RegionFamily = "regionclip";

    public static Command Create()
    {
        var scenes = new Option<int>("--scenes")
        {
            Description = "How many scenes of the set to use, from its beginning; else all.",
            DefaultValueFactory = _ => int.MaxValue,
        };
        scenes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--scenes must be 1 or more.");
            }
        });
        var json = new Option<bool>("--json") { Description = "Print the figures as JSON." };
        var command = new Command("eval", "Measure the starter models on the held-out evaluation set.") { scenes, json };
        command.Run(async (parsed, terminal, cancellationToken) =>
        {
            var set = EvaluationSet.Load(Path.Combine(AppContext.BaseDirectory, "samples", "eval"));
            var figures = await RunAsync(set, parsed.GetValue(scenes), terminal, cancellationToken);
            if (parsed.GetValue(json))
            {
                await terminal.Output.WriteLineAsync(JsonSerializer.Serialize(figures, JsonSerializerOptions.Web));
            }
            else
            {
                Print(terminal, figures);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    // Progress goes to standard error: standard output has the figures alone.
    private static Task<List<Figure>> RunAsync(
        EvaluationSet set, int scenes, Terminal terminal, CancellationToken cancellationToken) =>
        terminal.Errors.Progress().AutoClear(true).StartAsync(async progress =>
        {
            var task = progress.AddTask("Evaluating", maxValue: Math.Min(scenes, set.Scenes.Count));
            await using var cluster = await EmbeddedCluster.StartAsync(cancellationToken);
            return await MeasureAsync(set, scenes, cluster.Client, () => task.Increment(1), cancellationToken);
        });

    private static async Task<List<Figure>> MeasureAsync(
        EvaluationSet set, int scenes, IVisionClient client, Action done, CancellationToken cancellationToken)
    {
        var models = await client.ListModelsAsync(cancellationToken);
        var regions = models.Any(model => model.Family == RegionFamily);
        var templates = PromptTemplates.FromList(set.Templates);
        var segmentation = new SegmentationEvaluation();
        var labels = new LabelEvaluation(client, templates, regions);
        var detection = new DetectionEvaluation(templates);
        foreach (var scene in set.Scenes.Take(scenes))
        {
            var picture = await set.ReadAsync(scene, cancellationToken);
            var image = await client.OpenImageAsync(picture, cancellationToken: cancellationToken);
            await segmentation.AddAsync(image, scene, cancellationToken);
            await labels.AddAsync(image, picture, scene, cancellationToken);
            if (regions)
            {
                await detection.AddAsync(image, scene, cancellationToken);
            }

            await image.DeleteAsync(cancellationToken);
            done();
        }

        return [.. segmentation.Figures(), .. labels.Figures(), .. regions ? detection.Figures() : []];
    }

    private static void Print(Terminal terminal, IEnumerable<Figure> figures)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("model", "measured");
        table.AddColumn(new TableColumn("value").RightAligned()).AddColumn(new TableColumn("objects").RightAligned());
        foreach (var figure in figures)
        {
            table.AddRow(
                figure.Model,
                figure.Name,
                figure.Value.ToString("F3", CultureInfo.InvariantCulture),
                figure.Count.ToString(CultureInfo.InvariantCulture));
        }

        terminal.Screen.Write(table);
    }
}
