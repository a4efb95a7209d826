namespace VisionCluster.Contracts.Tenancy;

/// <summary>Permits of a tenant that a gateway took.</summary>
/// <param name="Permits">How many; 0 where none was left.</param>
/// <param name="RetryAfter">When there will be more.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.PermitGrant")]
public readonly record struct PermitGrant([property: Id(0)] int Permits, [property: Id(1)] TimeSpan RetryAfter);
