using CsCheck;
using Microsoft.Extensions.Time.Testing;
using VisionCluster.Grains.Tenancy;

namespace VisionCluster.Grains.Tests.Tenancy;

public sealed class PlaceLeasesTests
{
    private const int Limit = 10;

    private readonly FakeTimeProvider _time = new();

    /// <summary>Gateways ask in any order for any number, and use no more than they were given.</summary>
    [Fact]
    public void Set_AnyOrderOfGateways_NeverGivesMoreThanTheLimit() => Gen.Select(Gen.Int[0, 3], Gen.Int[0, 15], Gen.Double[0, 1]).Array.Sample(asks =>
    {
        var leases = new PlaceLeases(_time);
        var held = new int[4];
        foreach (var (gateway, wanted, share) in asks)
        {
            var used = (int)(held[gateway] * share);
            held[gateway] = leases.Set($"{gateway}", used, Math.Max(used, wanted), Limit);
            Assert.InRange(held.Sum(), 0, Limit);
            Assert.True(held[gateway] >= Math.Min(Math.Max(used, wanted), Limit - (held.Sum() - held[gateway])));
        }
    });

    [Fact]
    public void Set_AfterAGatewayDied_GivesItsPlacesToOthers()
    {
        var leases = new PlaceLeases(_time);
        Assert.Equal(8, leases.Set("dies", 0, 8, Limit));
        Assert.Equal(2, leases.Set("lives", 0, 5, Limit));
        _time.Advance(PlaceLeases.Lifetime / 2);
        Assert.Equal(2, leases.Set("lives", 2, 5, Limit));
        _time.Advance((PlaceLeases.Lifetime / 2) + TimeSpan.FromTicks(1));
        Assert.Equal(5, leases.Set("lives", 2, 5, Limit));
    }

    [Fact]
    public void Set_ByAGatewayWhoseLeaseWasForgotten_LeavesItWhatIsInUse()
    {
        var leases = new PlaceLeases(_time);
        Assert.Equal(9, leases.Set("new", 0, 9, Limit));
        Assert.Equal(4, leases.Set("old", 4, 6, Limit));
        Assert.Equal(6, leases.Set("new", 5, 9, Limit));
    }
}
