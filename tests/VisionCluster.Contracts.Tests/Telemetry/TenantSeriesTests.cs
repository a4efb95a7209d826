using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Contracts.Tests.Telemetry;

public sealed class TenantSeriesTests
{
    [Fact]
    public void Of_MoreTenantsThanRoom_TheLaterOnesShareOneSeries()
    {
        var series = new TenantSeries(2);
        Assert.Equal(["a", "b", TenantSeries.Others, TenantSeries.Others, "a"], new[] { "a", "b", "c", "d", "a" }.Select(series.Of));
    }

    [Fact]
    public void Of_ManyTenantsAtOnce_NeverMakesMoreSeriesThanRoom()
    {
        var series = new TenantSeries(5);
        var names = new System.Collections.Concurrent.ConcurrentDictionary<string, byte>();
        Parallel.For(0, 20_000, i => names.TryAdd(series.Of($"tenant-{i % 97}"), 0));
        Assert.InRange(names.Count, 2, 6);
        Assert.Contains(TenantSeries.Others, names.Keys);
    }
}
