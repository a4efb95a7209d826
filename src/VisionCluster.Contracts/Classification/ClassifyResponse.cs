using System.Text.Json.Serialization;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Contracts.Classification;

/// <summary>The answer to a <see cref="ClassifyRequest"/>.</summary>
/// <param name="Model">Name of the model that compared image and labels.</param>
/// <param name="Results">The best labels, best first; equal scores keep the order of the request.</param>
/// <param name="Timings">Where the time went; over HTTP the <c>Server-Timing</c> header.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.ClassifyResponse")]
public sealed record ClassifyResponse(
    [property: Id(0)] string Model,
    [property: Id(1)] IReadOnlyList<ScoredLabel> Results,
    [property: Id(2), JsonIgnore] StageTimings Timings);
