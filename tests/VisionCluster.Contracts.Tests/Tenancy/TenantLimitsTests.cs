using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Contracts.Tests.Tenancy;

public sealed class TenantLimitsTests
{
    private static readonly TenantLimits Limits = new() { HighestLane = RequestLane.Online, HighestPriority = 3 };

    [Theory]
    [InlineData(RequestLane.Interactive, 1, RequestLane.Online, 3)]
    [InlineData(RequestLane.Online, 3, RequestLane.Online, 3)]
    [InlineData(RequestLane.Bulk, 5, RequestLane.Bulk, 5)]
    [InlineData(RequestLane.Interactive, 0, RequestLane.Online, 0)]
    public void Within_ACall_IsNoMoreUrgentThanTheTenantMay(RequestLane lane, int priority, RequestLane lowered, int later)
    {
        var call = new CallOptions { Lane = lane, Priority = priority, Timeout = TimeSpan.FromSeconds(7) };
        Assert.Equal(call with { Lane = lowered, Priority = later }, Limits.Within(call));
        Assert.Same(call, new TenantLimits().Within(call));
    }
}
