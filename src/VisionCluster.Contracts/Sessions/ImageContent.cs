namespace VisionCluster.Contracts.Sessions;

/// <summary>
/// An encoded image on its way through the cluster. The bytes are passed by reference inside a process and must not
/// change until the call that carries them has ended.
/// </summary>
/// <param name="Bytes">The file as it was uploaded: JPEG, PNG, WebP, GIF, BMP or TIFF.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.ImageContent")]
public sealed record ImageContent([property: Id(0)] ReadOnlyMemory<byte> Bytes)
{
    /// <summary>What the bytes are: <c>jpeg</c>, <c>png</c>, <c>webp</c>, <c>gif</c>, <c>bmp</c>, <c>tiff</c>; empty where unknown yet.</summary>
    [Id(1)]
    public string Format { get; init; } = "";
}
