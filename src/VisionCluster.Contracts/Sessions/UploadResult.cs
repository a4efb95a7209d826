using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Contracts.Sessions;

/// <summary>The answer to an upload.</summary>
/// <param name="Image">The session.</param>
/// <param name="Created">False where the tenant had uploaded the same bytes before.</param>
/// <param name="Timings">Where the time went.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.UploadResult")]
public sealed record UploadResult(
    [property: Id(0)] ImageDescription Image,
    [property: Id(1)] bool Created,
    [property: Id(2)] StageTimings Timings);
