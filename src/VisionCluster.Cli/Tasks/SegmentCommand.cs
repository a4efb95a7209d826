using System.CommandLine;
using System.Globalization;
using VisionCluster.Cli.Drawing;
using VisionCluster.Contracts.Segmentation;

namespace VisionCluster.Cli.Tasks;

/// <summary><c>visionctl segment</c>.</summary>
internal static class SegmentCommand
{
    public static Command Create()
    {
        var (points, model, output) = (TaskOptions.Points(), TaskOptions.Model(), TaskOptions.Output());
        var boxes = TaskOptions.Boxes("A box around an object; each is a prompt of its own.");
        var texts = new Option<string[]>("--text", "-t")
        {
            Description = "What to look for; each is a prompt of its own.",
            HelpName = "text",
        };
        var all = new Option<bool>("--all") { Description = "Keep all three candidates of a prompt, not the best alone." };
        var task = new TaskCommand("segment", "Mask objects by clicks, boxes or text.");
        foreach (var option in (Option[])[points, boxes, texts, all, model, output])
        {
            task.Command.Add(option);
        }

        task.Command.Validators.Add(result =>
        {
            if (result.GetResult(points) is null && result.GetResult(boxes) is null && result.GetResult(texts) is null)
            {
                result.AddError("Say what to segment: --point, --box or --text.");
            }
        });
        task.Run(
            ["prompt", "mask", "score", "area", "box (x,y,w,h)"],
            async (parsed, image, cancellationToken) =>
            {
                var request = new SegmentRequest
                {
                    Model = parsed.GetValue(model),
                    Prompts = [.. Prompts(parsed.GetValue(points), parsed.GetValue(boxes), parsed.GetValue(texts))],
                };
                var response = await image.SegmentAsync(request, cancellationToken: cancellationToken);
                return parsed.GetValue(all) ? response : response with { Results = [.. response.Results.Select(Best)] };
            },
            static response => response.Results.SelectMany(static (result, i) => result.Masks.Select(mask => (string[])
            [
                (i + 1).ToString(CultureInfo.InvariantCulture),
                mask.MaskId,
                mask.Score.ToString("F3", CultureInfo.InvariantCulture),
                mask.Area.ToString(CultureInfo.InvariantCulture),
                string.Join(',', mask.Bbox),
            ])),
            (parsed, bytes, response) => parsed.GetValue(output) is { } folder ? (folder, Draw(bytes, response)) : null);
        return task.Command;
    }

    private static IEnumerable<SegmentPrompt> Prompts(PromptPoint[]? points, Contracts.Detection.PixelBox[]? boxes, string[]? texts)
    {
        if (points is { Length: > 0 })
        {
            yield return new SegmentPrompt { Points = points };
        }

        foreach (var box in boxes ?? [])
        {
            yield return new SegmentPrompt { Box = box };
        }

        foreach (var text in texts ?? [])
        {
            yield return new SegmentPrompt { Text = text };
        }
    }

    /// <summary>The best candidate of a click or box; of a text everything that was found.</summary>
    private static PromptResult Best(PromptResult result) => result.Masks is { Count: > 0 } masks && masks[0].Label is null
        ? new PromptResult([masks.MaxBy(mask => mask.Score)!])
        : result;

    private static byte[] Draw(byte[] bytes, SegmentResponse response)
    {
        var canvas = Canvas.FromFile(bytes);
        var masks = response.Results.SelectMany(result => result.Masks).ToArray();
        for (var i = 0; i < masks.Length; i++)
        {
            canvas.Mask(MaskReader.FromAnswer(masks[i]), Swatch.Of(i));
        }

        for (var i = 0; i < masks.Length; i++)
        {
            var label = string.Create(CultureInfo.InvariantCulture, $"{masks[i].Label} {masks[i].Score:F2}").Trim();
            canvas.Label(masks[i].Bbox[0], masks[i].Bbox[1], label, Swatch.Of(i));
        }

        return canvas.ToPng();
    }
}
