using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Grains.Sessions;

/// <summary>
/// Prompts of text become boxes: all texts are detected in one call, each box is segmented, and the masks go back to
/// the prompts that asked for them.
/// </summary>
/// <param name="request">The request as it came.</param>
/// <param name="detect">Finds labels in the image.</param>
internal sealed class TextPrompts(
    SegmentRequest request, Func<DetectRequest, CancellationToken, Task<DetectResponse>> detect)
{
    /// <summary>Boxes segmented for all texts of one request, the best first.</summary>
    private const int MaxBoxes = 32;

    /// <summary>Detections below this are guesses: a mask for each would cost a decoder run and help nobody.</summary>
    private const float MinScore = 0.3f;

    public async Task<SegmentResponse> RunAsync(
        Func<SegmentRequest, CancellationToken, Task<SegmentResponse>> segment, CancellationToken cancellationToken)
    {
        string[] labels = [.. request.Prompts.Where(p => p.Text is not null).Select(p => p.Text!).Distinct(StringComparer.Ordinal)];
        var found = await detect(new DetectRequest { Labels = labels, TopK = MaxBoxes, ScoreThreshold = MinScore }, cancellationToken);
        var spatial = request.Prompts.Where(prompt => prompt.Text is null).ToArray();
        var masks = spatial.Length > 0 ? await segment(request with { Prompts = spatial }, cancellationToken) : null;
        var boxes = found.Detections.Count > 0
            ? await segment(
                request with
                {
                    Prompts = [.. found.Detections.Select(detection => new SegmentPrompt { Box = detection.Box })],
                    Multimask = false,
                },
                cancellationToken)
            : null;

        var nextSpatial = 0;
        var results = request.Prompts.Select(prompt => prompt.Text is { } text
            ? MasksOf(text, found, boxes)
            : masks!.Results[nextSpatial++]).ToArray();
        var timings = StageTimings.Sum([found.Timings, masks?.Timings ?? StageTimings.Zero, boxes?.Timings ?? StageTimings.Zero]);
        return new SegmentResponse((boxes ?? masks)?.Model ?? found.Model, results, timings);
    }

    private static PromptResult MasksOf(string text, DetectResponse found, SegmentResponse? boxes) => new(
    [
        .. found.Detections.Index().Where(pair => pair.Item.Label == text).Select(pair =>
            boxes!.Results[pair.Index].Masks[0] with { Label = text, Score = pair.Item.Score }),
    ]);
}
