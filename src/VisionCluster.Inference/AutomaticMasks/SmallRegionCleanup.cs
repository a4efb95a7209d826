using VisionCluster.Inference.Masks;

namespace VisionCluster.Inference.AutomaticMasks;

/// <summary>
/// Small holes and islands go from masks, and masks that have become alike with them; segment-anything's
/// postprocess_small_regions.
/// </summary>
internal static class SmallRegionCleanup
{
    /// <summary>Those that stand; masks that needed no change come first.</summary>
    /// <param name="candidates">Masks of all crops.</param>
    /// <param name="height">Of the image.</param>
    /// <param name="minArea">Holes and islands with less pixels go.</param>
    /// <param name="threshold">Overlap of boxes above which one of two masks falls.</param>
    public static MaskCandidate[] Run(
        IReadOnlyList<MaskCandidate> candidates, int height, int minArea, float threshold)
    {
        var clean = new MaskCandidate[candidates.Count];
        for (var i = 0; i < clean.Length; i++)
        {
            var old = candidates[i];
            var runs = SmallRegions.DropIslands(SmallRegions.FillHoles(old.Runs, height, minArea), height, minArea);
            // Unlike the records, the comparison takes the box of every mask anew.
            clean[i] = old with { Runs = runs, Box = InclusiveBox.Of(MaskRuns.Box(runs, height), 0, 0) };
        }

        var unchanged = candidates.Zip(clean).Where(pair => ReferenceEquals(pair.First.Runs, pair.Second.Runs))
            .ToDictionary(pair => pair.First.Id, pair => pair.First);
        return Array.ConvertAll(
            CandidateNms.Keep(clean, candidate => unchanged.ContainsKey(candidate.Id) ? 1 : 0, threshold),
            candidate => unchanged.GetValueOrDefault(candidate.Id, candidate));
    }
}
