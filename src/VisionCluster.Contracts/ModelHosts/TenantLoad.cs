namespace VisionCluster.Contracts.ModelHosts;

/// <summary>A tenant on a device.</summary>
/// <param name="Tenant">Its name, or <see cref="Telemetry.TenantSeries.Others"/>.</param>
/// <param name="Seconds">Of the device's time since the start.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.TenantLoad")]
public sealed record TenantLoad([property: Id(0)] string Tenant, [property: Id(1)] double Seconds);
