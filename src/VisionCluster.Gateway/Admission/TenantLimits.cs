using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Gateway.Admission;

/// <summary>What one tenant may ask; 0 is without limit.</summary>
public sealed class TenantLimits
{
    /// <summary>Requests a second, over time and over all gateways.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerSecond { get; set; }

    /// <summary>Requests that may come at once after a pause; 0: as many as in a second.</summary>
    [Range(0, 1_000_000)]
    public int Burst { get; set; }

    /// <summary>Requests under way at once on one gateway.</summary>
    [Range(0, 1_000_000)]
    public int Concurrency { get; set; }
}
