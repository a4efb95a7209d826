using System.CommandLine;
using System.Globalization;
using VisionCluster.Contracts.Classification;

namespace VisionCluster.Cli.Tasks;

/// <summary><c>visionctl classify</c>.</summary>
internal static class ClassifyCommand
{
    public static Command Create()
    {
        var (labels, model) = (TaskOptions.Labels(), TaskOptions.Model());
        var top = new Option<int>("--top") { Description = "How many labels to print, best first.", DefaultValueFactory = _ => 5 };
        var templates = new Option<string>("--templates")
        {
            Description = "The set of sentences that labels are put into.",
            DefaultValueFactory = _ => "simple",
        };
        templates.AcceptOnlyFromAmong([.. TemplateSets.Names]);
        var mode = new Option<ScoreMode>("--mode") { Description = "How similarities become scores.", DefaultValueFactory = _ => ScoreMode.Softmax };
        var labelSet = TaskOptions.LabelSet();
        var task = new TaskCommand("classify", "Rank labels by how well they fit each image.");
        task.Command.Add(labels);
        task.Command.Add(labelSet);
        task.Command.Add(mode);
        task.Command.RequireOneOf(labels, labelSet);
        task.Command.Add(model);
        task.Command.Add(top);
        task.Command.Add(templates);
        task.Run(
            ["label", "score", "similarity"],
            (parsed, image, cancellationToken) => image.ClassifyAsync(
                new ClassifyRequest
                {
                    Model = parsed.GetValue(model),
                    Labels = parsed.GetValue(labelSet) is null ? parsed.GetValue(labels) : null,
                    LabelSet = parsed.GetValue(labelSet),
                    Mode = parsed.GetValue(mode),
                    Templates = PromptTemplates.Named(parsed.GetRequiredValue(templates)),
                    TopK = parsed.GetValue(top),
                },
                cancellationToken: cancellationToken),
            static response => response.Results.Select(static result => (string[])
            [
                result.Label,
                result.Score.ToString("F3", CultureInfo.InvariantCulture),
                result.Similarity.ToString("F3", CultureInfo.InvariantCulture),
            ]),
            static (_, _, _) => null);
        return task.Command;
    }
}
