using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Inference.Models.Proposals;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>All masks of an image as candidate boxes; the predicted IoU stands for objectness.</summary>
internal static class MaskBoxes
{
    private const float LeastScore = 1e-6f;

    /// <summary>Lower than for masks that are an answer of their own: weak boxes are weighed by their objectness later.</summary>
    private const float LeastIou = 0.5f;

    private const float LeastStability = 0.8f;

    public static async Task<ProposalSet> FindAsync(
        EverythingPipeline everything, ImageReference image, int pointsPerSide, InferenceCall call)
    {
        var request = new EverythingRequest
        {
            PointsPerSide = pointsPerSide,
            PredIouThresh = LeastIou,
            StabilityScoreThresh = LeastStability,
        };
        var masks = new SortedDictionary<int, AutomaticMask>();
        await everything.RunAsync(image, request, call, update =>
        {
            if (update.Mask is { } mask)
            {
                masks[mask.Id] = mask;
            }

            foreach (var id in update.Dropped ?? [])
            {
                masks.Remove(id);
            }

            return ValueTask.CompletedTask;
        });
        AutomaticMask[] stand = [.. masks.Values.Where(mask => mask.Area > 0)];
        return new ProposalSet(Array.ConvertAll(stand, BoxOf), Array.ConvertAll(stand, LogitOf));
    }

    /// <summary>SAM's boxes lie between the outermost pixels; ours lie around them.</summary>
    private static PixelBox BoxOf(AutomaticMask mask) => new(
        mask.Bbox[0], mask.Bbox[1], mask.Bbox[0] + mask.Bbox[2] + 1, mask.Bbox[1] + mask.Bbox[3] + 1);

    private static float LogitOf(AutomaticMask mask)
    {
        var score = Math.Clamp(mask.PredictedIou, LeastScore, 1 - LeastScore);
        return MathF.Log(score / (1 - score));
    }
}
