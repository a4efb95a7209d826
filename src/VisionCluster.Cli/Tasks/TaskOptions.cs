using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Segmentation;

namespace VisionCluster.Cli.Tasks;

/// <summary>Options that several tasks have.</summary>
internal static class TaskOptions
{
    public static Option<string[]> Labels() => new("--label", "-l")
    {
        Description = "A label; repeat it, or give several after one another.",
        HelpName = "label",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Option<string?> LabelSet() => new("--label-set", "-s")
    {
        Description = "A label set of yours, instead of labels; see 'visionctl label-sets'.",
        HelpName = "name",
    };

    /// <summary>Labels come one way or the other.</summary>
    public static void RequireOneOf(this Command command, Option<string[]> labels, Option<string?> labelSet) =>
        command.Validators.Add(result =>
        {
            if (result.GetResult(labels) is null == result.GetResult(labelSet) is null)
            {
                result.AddError("Give labels (--label) or the name of a label set (--label-set).");
            }
        });

    public static Option<string?> Model() => new("--model") { Description = "A model's name; else the cluster's default.", HelpName = "name" };

    public static Option<string?> Output() => new("--output", "-o")
    {
        Description = "Folder to write each image to, with the answer drawn over it; - writes one picture to standard output and nothing else.",
        HelpName = "folder",
    };

    public static Option<PixelBox[]> Boxes(string description) => new("--box", "-b")
    {
        Description = description,
        HelpName = "x0,y0,x1,y1",
        CustomParser = static result => ParseAll(result, 4, 4, static n => new PixelBox(n[0], n[1], n[2], n[3])),
    };

    public static Option<PromptPoint[]> Points() => new("--point", "-p")
    {
        Description = "A click in pixels; a third number 0 says that it is not on the object. Repeated ones are one prompt.",
        HelpName = "x,y[,0|1]",
        CustomParser = static result => ParseAll(result, 2, 3, static n => new PromptPoint(n[0], n[1], n.Length > 2 ? (int)n[2] : 1)),
    };

    private static T[]? ParseAll<T>(ArgumentResult result, int least, int most, Func<double[], T> create)
    {
        var values = new List<T>();
        foreach (var token in result.Tokens)
        {
            var parts = token.Value.Split(',');
            var numbers = new double[parts.Length];
            var valid = parts.Length >= least && parts.Length <= most;
            for (var i = 0; valid && i < parts.Length; i++)
            {
                valid = double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]);
            }

            if (!valid)
            {
                result.AddError($"'{token.Value}' must be {(least == most ? $"{most}" : $"{least} or {most}")} numbers with commas between.");
                return null;
            }

            values.Add(create(numbers));
        }

        return [.. values];
    }
}
