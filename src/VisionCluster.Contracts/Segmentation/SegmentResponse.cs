using System.Text.Json.Serialization;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Contracts.Segmentation;

/// <summary>The answer to a <see cref="SegmentRequest"/>.</summary>
/// <param name="Model">Name of the model that drew the masks.</param>
/// <param name="Results">One for each prompt, in order.</param>
/// <param name="Timings">Where the time went; over HTTP the <c>Server-Timing</c> header.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.SegmentResponse")]
public sealed record SegmentResponse(
    [property: Id(0)] string Model,
    [property: Id(1)] IReadOnlyList<PromptResult> Results,
    [property: Id(2), JsonIgnore] StageTimings Timings);
