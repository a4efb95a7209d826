using System.Text.Json.Serialization;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Contracts.Detection;

/// <summary>The answer to a <see cref="RegionsRequest"/>.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Shape">Boxes, numbers of an embedding.</param>
/// <param name="Data">Row by row, little-endian float32, each row of length 1; base64 in JSON.</param>
/// <param name="Timings">Where the time went; over HTTP the <c>Server-Timing</c> header.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.RegionsResponse")]
public sealed record RegionsResponse(
    [property: Id(0)] string Model,
    [property: Id(1)] IReadOnlyList<int> Shape,
    [property: Id(2)] ReadOnlyMemory<byte> Data,
    [property: Id(3), JsonIgnore] StageTimings Timings);
