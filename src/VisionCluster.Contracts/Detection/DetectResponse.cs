using System.Text.Json.Serialization;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Contracts.Detection;

/// <summary>The answer to a <see cref="DetectRequest"/>.</summary>
/// <param name="Model">Name of the model that labelled the boxes.</param>
/// <param name="Detections">Best first.</param>
/// <param name="Timings">Where the time went; over HTTP the <c>Server-Timing</c> header.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.DetectResponse")]
public sealed record DetectResponse(
    [property: Id(0)] string Model,
    [property: Id(1)] IReadOnlyList<DetectedObject> Detections,
    [property: Id(2), JsonIgnore] StageTimings Timings);
