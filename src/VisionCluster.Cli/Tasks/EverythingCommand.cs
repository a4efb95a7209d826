using System.CommandLine;
using System.Globalization;
using VisionCluster.Cli.Drawing;
using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Segmentation;

namespace VisionCluster.Cli.Tasks;

/// <summary><c>visionctl everything</c>.</summary>
internal static class EverythingCommand
{
    public static Command Create()
    {
        var defaults = new EverythingRequest();
        var (model, output) = (TaskOptions.Model(), TaskOptions.Output());
        var side = Number("--points-per-side", "The grid has this number squared points.", EverythingRequest.DefaultPointsPerSide);
        var iou = Number("--pred-iou-thresh", "Masks count whose predicted IoU is greater.", defaults.PredIouThresh);
        var stability = Number("--stability-score-thresh", "Masks count that are at least so stable.", defaults.StabilityScoreThresh);
        var nms = Number("--box-nms-thresh", "Of two masks whose boxes overlap more the better one stands.", defaults.BoxNmsThresh);
        var layers = Number("--crop-n-layers", "Layers of crops beside the whole image, 0 to 3.", defaults.CropNLayers);
        var factor = Number("--crop-n-points-downscale-factor", "Each layer has so much less points of a side.", defaults.CropNPointsDownscaleFactor);
        var area = Number("--min-mask-region-area", "Holes and islands with less pixels go.", defaults.MinMaskRegionArea);
        var task = new TaskCommand("everything", "Mask all objects without a prompt (SAM's automatic mask generator).");
        foreach (var option in (Option[])[side, iou, stability, nms, layers, factor, area, model, output])
        {
            task.Command.Add(option);
        }

        task.Run(
            ["mask", "iou", "stability", "area", "box (x,y,w,h)"],
            (parsed, image, cancellationToken) => EverythingResponse.CollectAsync(
                image.EverythingAsync(
                    new EverythingRequest
                    {
                        Model = parsed.GetValue(model),
                        PointsPerSide = parsed.GetValue(side),
                        PredIouThresh = parsed.GetValue(iou),
                        StabilityScoreThresh = parsed.GetValue(stability),
                        BoxNmsThresh = parsed.GetValue(nms),
                        CropNLayers = parsed.GetValue(layers),
                        CropNPointsDownscaleFactor = parsed.GetValue(factor),
                        MinMaskRegionArea = parsed.GetValue(area),
                    },
                    cancellationToken: cancellationToken),
                cancellationToken),
            static response => response.Masks.Select(static mask => (string[])
            [
                mask.Id.ToString(CultureInfo.InvariantCulture),
                mask.PredictedIou.ToString("F3", CultureInfo.InvariantCulture),
                mask.StabilityScore?.ToString("F3", CultureInfo.InvariantCulture) ?? "-",
                mask.Area.ToString(CultureInfo.InvariantCulture),
                string.Join(',', mask.Bbox),
            ]),
            (parsed, bytes, response) => parsed.GetValue(output) is { } folder ? (folder, Draw(bytes, response)) : null);
        return task.Command;
    }

    private static Option<T> Number<T>(string name, string description, T usual) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => usual,
    };

    private static byte[] Draw(byte[] bytes, EverythingResponse response)
    {
        var canvas = Canvas.FromFile(bytes);
        // The largest first, so that what lies on it is seen.
        foreach (var mask in response.Masks.OrderByDescending(mask => mask.Area))
        {
            canvas.Mask(
                MaskReader.Decode(new EncodedMask(mask.Segmentation.Size, mask.Segmentation.Counts!)), Swatch.Of(mask.Id));
        }

        return canvas.ToPng();
    }
}
