namespace VisionCluster.Contracts.Tenancy;

/// <summary>
/// How much a tenant may still ask of the cluster this moment; key: <see cref="TenantId"/>. Gateways take permits in
/// portions, so that a request costs no call, and all of them together give out no more than the tenant's rate.
/// </summary>
[Alias("visioncluster.ITenantRateGrain")]
public interface ITenantRateGrain : IGrainWithStringKey
{
    /// <summary>Takes permits for requests.</summary>
    /// <param name="permits">How many are wanted, from 1.</param>
    /// <param name="perSecond">The tenant's rate, from 1.</param>
    /// <param name="burst">How many may be taken at once after a pause, from 1.</param>
    /// <returns>As many of them as there are.</returns>
    [Alias("Take")]
    Task<PermitGrant> TakeAsync(int permits, int perSecond, int burst);
}
