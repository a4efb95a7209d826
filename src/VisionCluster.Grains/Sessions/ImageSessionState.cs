namespace VisionCluster.Grains.Sessions;

/// <summary>What a session keeps in its store.</summary>
[GenerateSerializer]
[Alias("visioncluster.ImageSessionState")]
internal sealed class ImageSessionState
{
    /// <summary>Pixels, after EXIF orientation; 0 where nothing was uploaded.</summary>
    [Id(0)]
    public int Width { get; set; }

    /// <summary>Pixels, after EXIF orientation.</summary>
    [Id(1)]
    public int Height { get; set; }

    [Id(2)]
    public string Format { get; set; } = "";

    [Id(3)]
    public long Bytes { get; set; }

    [Id(4)]
    public string Sha256 { get; set; } = "";

    [Id(5)]
    public DateTimeOffset CreatedAt { get; set; }

    [Id(6)]
    public DateTimeOffset ExpiresAt { get; set; }
}
