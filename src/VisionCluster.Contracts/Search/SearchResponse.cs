using System.Text.Json.Serialization;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Contracts.Search;

/// <summary>The answer to a <see cref="SearchRequest"/>.</summary>
/// <param name="Model">Name of the model that compared.</param>
/// <param name="Results">The nearest images, best first; equal scores by id.</param>
/// <param name="Compared">How many images were compared.</param>
/// <param name="Complete">False where a device did not answer: images that it holds are missing.</param>
/// <param name="Timings">Where the time went; over HTTP the <c>Server-Timing</c> header.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.SearchResponse")]
public sealed record SearchResponse(
    [property: Id(0)] string Model,
    [property: Id(1)] IReadOnlyList<SearchResult> Results,
    [property: Id(2)] int Compared,
    [property: Id(3)] bool Complete,
    [property: Id(4), JsonIgnore] StageTimings Timings);
