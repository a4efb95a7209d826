namespace VisionCluster.Contracts.ModelHosts;

/// <summary>A model on a device.</summary>
/// <param name="Name">From the manifest.</param>
/// <param name="Family"><c>clip</c>, <c>sam</c>, <c>regionclip</c> or <c>proposals</c>.</param>
/// <param name="Version">From the manifest.</param>
/// <param name="License">From the manifest.</param>
/// <param name="Source">From the manifest.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.ModelStatus")]
public sealed record ModelStatus(
    [property: Id(0)] string Name,
    [property: Id(1)] string Family,
    [property: Id(2)] string Version,
    [property: Id(3)] string License,
    [property: Id(4)] string Source);
