using Orleans.Concurrency;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Contracts.Tenancy;

/// <summary>Counts what a tenant asked for; key: <see cref="TenantId"/>.</summary>
[Alias("visioncluster.ITenantUsageGrain")]
public interface ITenantUsageGrain : IGrainWithStringKey
{
    /// <summary>Adds what a gateway counted since it told last.</summary>
    [Alias("Add")]
    Task AddAsync(TenantUsage more);

    /// <summary>All of it, but for the last seconds at each gateway.</summary>
    [Alias("Get"), Idempotent, AlwaysInterleave]
    Task<TenantUsage> GetAsync();
}
