using VisionCluster.Contracts.Tenancy;
using VisionCluster.Grains.Redis;

namespace VisionCluster.Grains.Tenancy;

/// <summary>Adds up what gateways count and writes it down with each of their reports, which are few.</summary>
internal sealed class TenantUsageGrain(
    [PersistentState("usage", TenantStorage.Name)] IPersistentState<TenantUsageState> state, TimeProvider time)
    : Grain, ITenantUsageGrain
{
    public Task AddAsync(TenantUsage more)
    {
        state.State.Usage = Current().Plus(more);
        return state.WriteStateAsync(CancellationToken.None);
    }

    public Task<TenantUsage> GetAsync() => Task.FromResult(Current());

    private TenantUsage Current() => state.State.Usage ?? new TenantUsage { Since = time.GetUtcNow() };
}
