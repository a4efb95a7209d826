using System.ComponentModel.DataAnnotations;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Contracts.Tenancy;

/// <summary>What one tenant may ask, of the cluster as a whole; 0 is without limit.</summary>
public sealed class TenantLimits
{
    /// <summary>Requests a second, over time.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerSecond { get; set; }

    /// <summary>Requests that may come at once after a pause; 0: as many as in a second.</summary>
    [Range(0, 1_000_000)]
    public int Burst { get; set; }

    /// <summary>Requests under way at once; a live connection is one while it lasts.</summary>
    [Range(0, 1_000_000)]
    public int Concurrency { get; set; }

    /// <summary>Images that live at once.</summary>
    [Range(0, 100_000_000)]
    public int Images { get; set; }

    /// <summary>Bytes of these images; 0: as much as any tenant (<c>Vision:ImageStore:TenantQuotaBytes</c>).</summary>
    [Range(0, long.MaxValue)]
    public long StoredBytes { get; set; }

    /// <summary>Labels of one request or label set.</summary>
    [Range(0, 10_000)]
    public int Labels { get; set; }

    /// <summary>Label sets; 0: as many as any tenant (<c>Vision:LabelSets:SetsPerTenant</c>).</summary>
    [Range(0, 100_000)]
    public int LabelSets { get; set; }

    /// <summary>The most urgent lane; what asks for a more urgent one goes in this one.</summary>
    [EnumDataType(typeof(RequestLane))]
    public RequestLane HighestLane { get; set; }

    /// <summary>The first priority inside a lane, 1 to 16; what asks for an earlier one has this one. 0: any.</summary>
    [Range(0, 16)]
    public int HighestPriority { get; set; }

    /// <summary>The call at the urgency that the tenant may have.</summary>
    public CallOptions Within(CallOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var lane = options.Lane > HighestLane ? options.Lane : HighestLane;

        // Who names no priority has the model's usual one.
        var priority = options.Priority == 0 ? 0 : Math.Max(options.Priority, HighestPriority);
        return lane == options.Lane && priority == options.Priority ? options : options with { Lane = lane, Priority = priority };
    }
}
