using System.CommandLine;
using System.Globalization;
using VisionCluster.Cli.Drawing;
using VisionCluster.Contracts.Detection;

namespace VisionCluster.Cli.Tasks;

/// <summary><c>visionctl detect</c>.</summary>
internal static class DetectCommand
{
    public static Command Create()
    {
        var (labels, model, output) = (TaskOptions.Labels(), TaskOptions.Model(), TaskOptions.Output());
        var boxes = TaskOptions.Boxes("A box to name, instead of boxes that a model proposes.");
        var threshold = new Option<float>("--threshold") { Description = "Least score, 0 to 1.", DefaultValueFactory = _ => 0.05f };
        var masks = new Option<bool>("--masks") { Description = "Ask for each object's mask as well." };
        var labelSet = TaskOptions.LabelSet();
        var encoder = new Option<RegionEncoder?>("--region-encoder") { Description = "roi: one pass over the image; crop: each box cut out." };
        var proposals = new Option<string?>("--proposal-model") { Description = "A model that proposes boxes; else the region model.", HelpName = "name" };
        var source = new Option<ProposalSource?>("--proposals") { Description = "Where boxes come from: rpn, everything (SAM's masks), boxes." };
        var most = new Option<int>("--max-proposals") { Description = "How many proposed boxes to label.", DefaultValueFactory = _ => DetectRequest.MaxBoxes };
        var nms = new Option<NmsMode>("--nms") { Description = "hard drops overlapping boxes, soft lowers their scores." };
        var task = new TaskCommand("detect", "Find objects by their labels.");
        foreach (var option in (Option[])[labels, labelSet, model, boxes, threshold, encoder, source, proposals, most, nms, masks, output])
        {
            task.Command.Add(option);
        }

        task.Command.RequireOneOf(labels, labelSet);

        task.Run(
            ["label", "score", "box"],
            (parsed, image, cancellationToken) => image.DetectAsync(
                new DetectRequest
                {
                    Model = parsed.GetValue(model),
                    Labels = parsed.GetValue(labelSet) is null ? parsed.GetValue(labels) : null,
                    LabelSet = parsed.GetValue(labelSet),
                    RegionEncoder = parsed.GetValue(encoder),
                    Proposals = parsed.GetValue(source),
                    ProposalModel = parsed.GetValue(proposals),
                    MaxProposals = parsed.GetValue(most),
                    Nms = parsed.GetValue(nms),
                    Boxes = parsed.GetValue(boxes) is { Length: > 0 } given ? given : null,
                    ScoreThreshold = parsed.GetValue(threshold),
                    Masks = parsed.GetValue(masks),
                },
                cancellationToken: cancellationToken),
            static response => response.Detections.Select(static found => (string[])
            [
                found.Label,
                found.Score.ToString("F3", CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{found.Box.X0:F0},{found.Box.Y0:F0},{found.Box.X1:F0},{found.Box.Y1:F0}"),
            ]),
            (parsed, bytes, response) => parsed.GetValue(output) is { } folder ? (folder, Draw(bytes, response)) : null);
        return task.Command;
    }

    private static byte[] Draw(byte[] bytes, DetectResponse response)
    {
        var canvas = Canvas.FromFile(bytes);
        foreach (var found in response.Detections.Where(found => found.Mask is not null))
        {
            canvas.Mask(MaskReader.FromAnswer(found.Mask!), Swatch.Of(found.Index));
        }

        foreach (var found in response.Detections)
        {
            canvas.Box(found.Box, Swatch.Of(found.Index));
        }

        foreach (var found in response.Detections)
        {
            canvas.Label(
                found.Box.X0,
                found.Box.Y0,
                string.Create(CultureInfo.InvariantCulture, $"{found.Label} {found.Score:F2}"),
                Swatch.Of(found.Index));
        }

        return canvas.ToPng();
    }
}
