using System.Globalization;
using VisionCluster.Cli.Drawing;

namespace VisionCluster.Cli.Demo;

/// <summary>Draws the demo's answers over the sample picture.</summary>
internal static class DemoPictures
{
    /// <returns>The path of the picture.</returns>
    public static async Task<string> WriteAsync(
        string folder, string name, DemoScene scene, IReadOnlyList<DemoAnswer> answers, CancellationToken cancellationToken)
    {
        var canvas = Canvas.FromFile(scene.Picture);
        foreach (var answer in answers)
        {
            canvas.Mask(answer.Mask!, answer.Colour!.Value);
        }

        foreach (var answer in answers.Where(answer => answer.Box is not null))
        {
            canvas.Box(answer.Box!.Value, answer.Colour!.Value);
        }

        foreach (var answer in answers)
        {
            Annotate(canvas, answer);
        }

        var path = Path.Combine(folder, name);
        await File.WriteAllBytesAsync(path, canvas.ToPng(), cancellationToken);
        return path;
    }

    private static void Annotate(Canvas canvas, DemoAnswer answer)
    {
        var colour = answer.Colour!.Value;
        var score = answer.Score.ToString("F2", CultureInfo.InvariantCulture);
        if (answer.Box is { } box)
        {
            canvas.Label(box.X0, box.Y0, answer.Right is null ? score : $"{answer.Answer} {score}", colour);
        }

        if (answer.Click is { } click)
        {
            canvas.Dot(click.X, click.Y, colour);
            canvas.Label(click.X + (5 * canvas.Stroke), click.Y + (canvas.TextSize / 2.0), score, colour);
        }
    }
}
