using VisionCluster.Contracts.Detection;
using VisionCluster.Inference.Masks;

namespace VisionCluster.Inference.Models.Regions;

/// <summary>Suppression label by label, hard or soft, and the best of what is left.</summary>
internal static class BoxSuppression
{
    /// <summary>Most candidates that are looked at; weaker ones of a request without a threshold could not come far.</summary>
    private const int MaxCandidates = 50_000;

    public static List<ScoredBox> Run(List<ScoredBox> candidates, RegionScoring scoring)
    {
        if (candidates.Count > MaxCandidates)
        {
            candidates = [.. candidates.OrderByDescending(candidate => candidate.Score).Take(MaxCandidates)];
        }

        return
        [
            .. candidates.GroupBy(candidate => candidate.Label).SelectMany(label => OfLabel([.. label], scoring))
                .OrderByDescending(box => box.Score).ThenBy(box => box.Proposal).ThenBy(box => box.Label).Take(scoring.TopK),
        ];
    }

    private static IEnumerable<ScoredBox> OfLabel(ScoredBox[] candidates, RegionScoring scoring)
    {
        var flat = new float[candidates.Length * 4];
        for (var i = 0; i < candidates.Length; i++)
        {
            var box = candidates[i].Box;
            (flat[i * 4], flat[(i * 4) + 1]) = ((float)box.X0, (float)box.Y0);
            (flat[(i * 4) + 2], flat[(i * 4) + 3]) = ((float)box.X1, (float)box.Y1);
        }

        var scores = Array.ConvertAll(candidates, candidate => candidate.Score);
        return scoring.Nms == NmsMode.Soft
            ? SoftNms.Keep(flat, scores, scoring.NmsSigma, scoring.ScoreThreshold)
                .Select(kept => candidates[kept.Index] with { Score = kept.Score })
            : BoxNms.Keep(flat, scores, scoring.NmsIou).Select(i => candidates[i]);
    }
}
