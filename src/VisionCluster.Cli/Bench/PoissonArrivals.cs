namespace VisionCluster.Cli.Bench;

/// <summary>Times of arrival that know nothing of one another, as those of many independent callers do.</summary>
internal static class PoissonArrivals
{
    /// <summary>Times since the start, without end.</summary>
    /// <param name="ratePerSecond">Arrivals a second on average; above 0.</param>
    /// <param name="random">Draws the exponential gaps between them.</param>
    public static IEnumerable<TimeSpan> Times(double ratePerSecond, Random random)
    {
        var seconds = 0.0;
        while (true)
        {
            seconds -= Math.Log(1 - random.NextDouble()) / ratePerSecond;
            yield return TimeSpan.FromSeconds(seconds);
        }
    }
}
