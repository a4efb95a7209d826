using CsCheck;
using VisionCluster.Grains.Placement;

namespace VisionCluster.Grains.Tests.Placement;

public sealed class TwoChoicesTests
{
    [Fact]
    public void Choose_OfAny_NeverTakesTheMoreLoadedOfItsTwo() => Gen.Select(Gen.Int[0, 1000].Array[1, 40], Gen.Int).Sample((loads, seed) =>
    {
        var (asked, candidates) = (new List<int>(), Enumerable.Range(0, loads.Length).ToArray());
        var chosen = TwoChoices.Choose(candidates, candidate => Ask(candidate), new Random(seed));
        return asked.Contains(chosen) && asked.TrueForAll(other => loads[chosen] <= loads[other]);

        double Ask(int candidate)
        {
            asked.Add(candidate);
            return loads[candidate];
        }
    });

    /// <summary>With one choice the fullest of 100 bins would hold about 1,100 of 100,000; with two about 1,003.</summary>
    [Fact]
    public void Choose_ManyTimes_IsNearlyEven()
    {
        var (bins, random) = (new int[100], new Random(3));
        for (var i = 0; i < 100_000; i++)
        {
            bins[TwoChoices.Choose(Enumerable.Range(0, bins.Length).ToArray(), bin => bins[bin], random)]++;
        }

        Assert.InRange(bins.Max(), 1000, 1010);
    }
}
