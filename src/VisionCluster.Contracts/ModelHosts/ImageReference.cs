using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Contracts.ModelHosts;

/// <summary>An uploaded image as a device host needs to know it; the host reads the bytes itself, and only on a miss.</summary>
/// <param name="Key">Owner and id.</param>
/// <param name="Width">Pixels, after EXIF orientation.</param>
/// <param name="Height">Pixels, after EXIF orientation.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.ImageReference")]
public sealed record ImageReference(
    [property: Id(0)] ImageKey Key, [property: Id(1)] int Width, [property: Id(2)] int Height);
