using VisionCluster.Inference.Masks;

namespace VisionCluster.Inference.AutomaticMasks;

/// <summary>Which candidates stand where boxes overlap.</summary>
internal static class CandidateNms
{
    /// <summary>Those that stand, the best first.</summary>
    public static MaskCandidate[] Keep(
        IReadOnlyList<MaskCandidate> candidates, Func<MaskCandidate, float> scoreOf, float threshold)
    {
        var boxes = new float[4 * candidates.Count];
        var scores = new float[candidates.Count];
        for (var i = 0; i < candidates.Count; i++)
        {
            var box = candidates[i].Box;
            (boxes[4 * i], boxes[(4 * i) + 1], boxes[(4 * i) + 2], boxes[(4 * i) + 3]) = (box.X0, box.Y0, box.X1, box.Y1);
            scores[i] = scoreOf(candidates[i]);
        }

        return Array.ConvertAll(BoxNms.Keep(boxes, scores, threshold), i => candidates[i]);
    }
}
