using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Grains.Tenancy;

/// <summary>What is stored of a tenant's usage.</summary>
[GenerateSerializer]
[Alias("visioncluster.TenantUsageState")]
internal sealed class TenantUsageState
{
    [Id(0)]
    public TenantUsage? Usage { get; set; }
}
