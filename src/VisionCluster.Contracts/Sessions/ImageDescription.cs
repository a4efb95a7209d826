namespace VisionCluster.Contracts.Sessions;

/// <summary>What the cluster knows of an uploaded image.</summary>
/// <param name="Id">32 lower-case hexadecimal digits.</param>
/// <param name="Width">Pixels, after EXIF orientation.</param>
/// <param name="Height">Pixels, after EXIF orientation.</param>
/// <param name="Format">Format found from the first bytes: <c>jpeg</c>, <c>png</c>, <c>webp</c>, <c>gif</c>, <c>bmp</c>, <c>tiff</c>.</param>
/// <param name="Bytes">Length of the encoded image.</param>
/// <param name="Sha256">Digest of the encoded image, 64 lower-case hexadecimal digits.</param>
/// <param name="CreatedAt">When it was first uploaded.</param>
/// <param name="ExpiresAt">When the session ends unless it is used before.</param>
/// <param name="Embeddings">Which embeddings are at hand.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.ImageDescription")]
public sealed record ImageDescription(
    [property: Id(0)] string Id,
    [property: Id(1)] int Width,
    [property: Id(2)] int Height,
    [property: Id(3)] string Format,
    [property: Id(4)] long Bytes,
    [property: Id(5)] string Sha256,
    [property: Id(6)] DateTimeOffset CreatedAt,
    [property: Id(7)] DateTimeOffset ExpiresAt,
    [property: Id(8)] EmbeddingStates Embeddings);
