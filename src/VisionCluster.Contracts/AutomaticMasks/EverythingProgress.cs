namespace VisionCluster.Contracts.AutomaticMasks;

/// <summary>How far a call has come.</summary>
/// <param name="Points">Points that have been decoded, of all crops.</param>
/// <param name="TotalPoints">Points there are.</param>
/// <param name="Masks">Masks that stand now.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.EverythingProgress")]
public sealed record EverythingProgress(
    [property: Id(0)] int Points, [property: Id(1)] int TotalPoints, [property: Id(2)] int Masks);
