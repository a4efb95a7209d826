using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Contracts.AutomaticMasks;

/// <summary>The end of a call.</summary>
/// <param name="Model">Name of the model that drew the masks.</param>
/// <param name="Masks">Ids of the masks that stand, in SAM's order.</param>
/// <param name="Timings">Where the time went; points side by side are each counted whole.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.EverythingSummary")]
public sealed record EverythingSummary(
    [property: Id(0)] string Model, [property: Id(1)] IReadOnlyList<int> Masks, [property: Id(2)] StageTimings Timings);
