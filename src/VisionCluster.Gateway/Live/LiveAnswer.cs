using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Gateway.Live;

/// <summary>An answer on a live connection.</summary>
internal sealed record LiveAnswer
{
    /// <summary>The request's number; null where it could not be read.</summary>
    public long? Id { get; init; }

    /// <summary>Set where all went well.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SegmentResponse? Response { get; init; }

    /// <summary>Milliseconds of each stage.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StageTimings? Timings { get; init; }

    /// <summary>Problem details (RFC 9457) where it did not go well.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProblemDetails? Error { get; init; }
}
