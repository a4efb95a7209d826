using VisionCluster.Contracts.Detection;

namespace VisionCluster.Contracts.Segmentation;

/// <summary>What a <see cref="SegmentRequest"/> must keep to.</summary>
internal static class SegmentRequestRules
{
    public static List<string> Violations(SegmentRequest request, double width, double height)
    {
        var found = new List<string>();
        if (request.Prompts is not { Count: >= 1 and <= SegmentRequest.MaxPrompts })
        {
            found.Add($"'prompts' must hold 1 to {SegmentRequest.MaxPrompts} prompts.");
            return found;
        }

        if (request.Output is null || !Enum.IsDefined(request.Output.Format) || !float.IsFinite(request.Output.Threshold))
        {
            found.Add("'output' must have a known format and a finite threshold.");
        }

        for (var i = 0; i < request.Prompts.Count; i++)
        {
            Check(request.Prompts[i], $"prompts[{i}]", width, height, found);
        }

        return found;
    }

    private static void Check(SegmentPrompt? prompt, string path, double width, double height, List<string> found)
    {
        if (prompt is null || prompt.Points is null)
        {
            found.Add($"'{path}' must be an object, its points a list.");
            return;
        }

        var mask = prompt.MaskId is not null || prompt.MaskLogits is not null;
        var spatial = prompt.Points.Count > 0 || prompt.Box is not null || mask;
        if (spatial == prompt.Text is not null)
        {
            found.Add($"'{path}' needs points, a box, a maskId or maskLogits, or else a text.");
        }

        if (prompt.MaskId is not null && prompt.MaskLogits is not null)
        {
            found.Add($"'{path}' must have a maskId or maskLogits, not both.");
        }

        if (prompt.MaskLogits is { } logits && !logits.IsValid())
        {
            found.Add($"'{path}.maskLogits' must have a shape [height, width] of at most {MaskLogits.MaxSide} each and as many finite float32 numbers.");
        }

        if (prompt.Text is { } text && (string.IsNullOrWhiteSpace(text) || text.Length > SegmentRequest.MaxTextLength))
        {
            found.Add($"'{path}.text' must have 1 to {SegmentRequest.MaxTextLength} characters.");
        }

        if (prompt.Points.Count > SegmentRequest.MaxPoints)
        {
            found.Add($"'{path}.points' must hold at most {SegmentRequest.MaxPoints} points.");
            return;
        }

        for (var i = 0; i < prompt.Points.Count; i++)
        {
            var point = prompt.Points[i];
            if (!(point.X >= 0 && point.X <= width && point.Y >= 0 && point.Y <= height))
            {
                found.Add($"'{path}.points[{i}]' lies outside the image.");
            }

            if (point.Label is not (0 or 1))
            {
                found.Add($"'{path}.points[{i}].label' must be 1 (object) or 0 (background).");
            }
        }

        if (prompt.Box is { } box)
        {
            PixelBoxRules.Check(box, $"{path}.box", width, height, found);
        }
    }
}
