using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Contracts.Telemetry;

/// <summary>How much a server shows of itself; section <c>Vision:Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Telemetry";

    /// <summary>
    /// Share of the traces that are recorded, 0 to 1, where the caller did not decide. Keep it at 1 where a collector
    /// chooses after the fact, so that it sees every error and every slow request.
    /// </summary>
    [Range(0d, 1d)]
    public double SamplingRatio { get; set; } = 1;

    /// <summary>Tenants with series of their own; the others share one named <see cref="TenantSeries.Others"/>.</summary>
    [Range(0, 1000)]
    public int MaxTenants { get; set; } = 32;

    /// <summary>Whether metrics are also shown under the names of Triton Inference Server (<c>nv_inference_*</c>).</summary>
    public bool TritonMetrics { get; set; }

    /// <summary>Whether the words that callers ask for are logged; they may be personal.</summary>
    public bool LogPrompts { get; set; }
}
