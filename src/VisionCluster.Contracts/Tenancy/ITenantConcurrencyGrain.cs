namespace VisionCluster.Contracts.Tenancy;

/// <summary>
/// Places for a tenant's requests that are under way; key: <see cref="TenantId"/>. Each gateway leases places, a few ahead,
/// and renews the lease while it uses them: those of a gateway that died are free when its lease ends. A grain that was lost
/// learns what is in use with the gateways' next renewals.
/// </summary>
[Alias("visioncluster.ITenantConcurrencyGrain")]
public interface ITenantConcurrencyGrain : IGrainWithStringKey
{
    /// <summary>Says how many places a gateway uses and how many it would like to have, in place of what it said before.</summary>
    /// <param name="gateway">Who asks.</param>
    /// <param name="used">Places in use, which it keeps in any case.</param>
    /// <param name="wanted">Places that it would like, not less.</param>
    /// <param name="limit">The tenant's places in the cluster.</param>
    /// <returns>How many it has until its lease ends.</returns>
    [Alias("Lease"), Sessions.Idempotent]
    Task<int> LeaseAsync(string gateway, int used, int wanted, int limit);
}
