namespace VisionCluster.Grains.ModelHosts;

/// <summary>
/// How often silos report. Every report is answered with everybody's, so that the traffic grows with the square of the
/// cluster: above so many devices all report less often, and it grows no faster than the cluster.
/// </summary>
internal static class ReportPace
{
    private const int DevicesAtFullPace = 64;
    private const int ReportsUntilForgotten = 5;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>Time between two reports of a silo in a cluster of so many devices.</summary>
    public static TimeSpan Interval(int devices) => Shortest * Math.Max(1, (double)devices / DevicesAtFullPace);

    /// <summary>How long a silo is known that reports no more.</summary>
    public static TimeSpan Lifetime(int devices) => Interval(devices) * ReportsUntilForgotten;
}
