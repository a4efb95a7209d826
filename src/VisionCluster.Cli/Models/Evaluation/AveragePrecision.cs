namespace VisionCluster.Cli.Models.Evaluation;

/// <summary>Area under the precision-recall curve, precision made monotone from the right (Pascal VOC since 2010).</summary>
internal static class AveragePrecision
{
    /// <param name="found">Score of each detection, and whether it was right.</param>
    /// <param name="total">How many there were to find.</param>
    /// <returns>0 to 1.</returns>
    public static double Of(IReadOnlyCollection<(double Score, bool Hit)> found, int total)
    {
        var ranked = found.OrderByDescending(detection => detection.Score).ToArray();
        var precisions = new double[ranked.Length];
        var hits = 0;
        for (var i = 0; i < ranked.Length; i++)
        {
            hits += ranked[i].Hit ? 1 : 0;
            precisions[i] = (double)hits / (i + 1);
        }

        var (area, best) = (0d, 0d);
        for (var i = ranked.Length - 1; i >= 0; i--)
        {
            best = Math.Max(best, precisions[i]);
            area += ranked[i].Hit ? best / total : 0;
        }

        return area;
    }
}
