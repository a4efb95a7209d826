namespace VisionCluster.Contracts.Telemetry;

/// <summary>Bounds of histograms; without explicit ones the defaults suit milliseconds and hide what happens here.</summary>
public static class Buckets
{
    /// <summary>From half a millisecond to a minute.</summary>
    public static readonly IReadOnlyList<double> Seconds =
    [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ];
}
