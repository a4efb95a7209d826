using VisionCluster.Grains.ModelHosts;

namespace VisionCluster.Grains.Tests.ModelHosts;

public sealed class ReportPaceTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(64, 1)]
    [InlineData(512, 8)]
    public void Interval_OfDevices_GrowsAboveSixtyFour(int devices, double seconds)
    {
        Assert.Equal(seconds, ReportPace.Interval(devices).TotalSeconds);
        Assert.Equal(5 * seconds, ReportPace.Lifetime(devices).TotalSeconds);
    }
}
