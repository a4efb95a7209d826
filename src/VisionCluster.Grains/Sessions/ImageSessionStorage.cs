namespace VisionCluster.Grains.Sessions;

/// <summary>Where sessions keep their state.</summary>
public static class ImageSessionStorage
{
    /// <summary>Name of the grain storage provider.</summary>
    public const string Name = "sessions";
}
