namespace VisionCluster.Benchmarks;

/// <summary>A measured figure with its spread.</summary>
/// <param name="Median">Median of the windows or pairs.</param>
/// <param name="Low">Tenth percentile.</param>
/// <param name="High">Ninetieth percentile.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Met">Whether the median meets the bar.</param>
/// <param name="Remark">What else was seen.</param>
internal sealed record Figure(double Median, double Low, double High, string Unit, bool Met, string Remark = "")
{
    public static Figure Of(IEnumerable<double> samples, string unit, Func<double, bool> met, string remark = "")
    {
        double[] sorted = [.. samples.Order()];
        var median = At(sorted, 0.5);
        return new Figure(median, At(sorted, 0.1), At(sorted, 0.9), unit, met(median), remark);
    }

    /// <summary>A quantile by nearest rank.</summary>
    public static double At(double[] sorted, double quantile) =>
        sorted[Math.Clamp((int)Math.Round(quantile * (sorted.Length - 1)), 0, sorted.Length - 1)];
}
