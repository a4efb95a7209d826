using VisionCluster.Cli.Bench;

namespace VisionCluster.Cli.Tests.Bench;

public sealed class PoissonArrivalsTests
{
    private const int Count = 200_000;
    private const double Rate = 50;

    private static double[] Gaps(int seed)
    {
        var times = PoissonArrivals.Times(Rate, new Random(seed)).Take(Count).Select(static at => at.TotalSeconds).ToArray();
        return [.. times.Zip(times.Skip(1), static (a, b) => b - a)];
    }

    [Fact]
    public void Times_AtARate_ComeSoOftenOnAverage() => Assert.InRange(Gaps(1).Average() * Rate, 0.98, 1.02);

    [Fact]
    public void Times_OfIndependentCallers_HaveGapsThatVaryAsMuchAsTheirMean()
    {
        var gaps = Gaps(2);
        var mean = gaps.Average();
        var deviation = Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean)));
        Assert.InRange(deviation / mean, 0.97, 1.03);
        // Of an exponential distribution 1/e is longer than the mean.
        Assert.InRange(gaps.Count(gap => gap > mean) / (double)gaps.Length, 0.36, 0.376);
    }

    [Fact]
    public void Times_OfOneSeed_AreTheSame() => Assert.Equal(Gaps(3), Gaps(3));
}
