namespace VisionCluster.Grains.Placement;

/// <summary>
/// Two candidates at random, then the one with less to do (the power of two choices, Mitzenmacher, IEEE TPDS 2001):
/// nearly as even as the least loaded of all, and no herd runs to one silo between two reports.
/// </summary>
internal static class TwoChoices
{
    /// <param name="candidates">At least one.</param>
    /// <param name="load">How much each has to do.</param>
    /// <param name="random">Chooses the two, with repetition.</param>
    public static T Choose<T>(IReadOnlyList<T> candidates, Func<T, double> load, Random random)
    {
        var first = candidates[random.Next(candidates.Count)];
        var second = candidates[random.Next(candidates.Count)];
        return load(second) < load(first) ? second : first;
    }
}
