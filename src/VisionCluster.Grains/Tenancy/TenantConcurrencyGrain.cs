using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Grains.Tenancy;

/// <summary>The leases of one tenant, in memory: gateways tell them again.</summary>
internal sealed class TenantConcurrencyGrain(TimeProvider time) : Grain, ITenantConcurrencyGrain
{
    private readonly PlaceLeases _leases = new(time);

    public Task<int> LeaseAsync(string gateway, int used, int wanted, int limit) =>
        Task.FromResult(_leases.Set(gateway, used, wanted, limit));
}
