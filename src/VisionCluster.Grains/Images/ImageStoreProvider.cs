namespace VisionCluster.Grains.Images;

/// <summary>Where images are kept.</summary>
public enum ImageStoreProvider
{
    /// <summary>In the memory of the silo that holds the session: lost with it.</summary>
    Memory,

    /// <summary>In a folder, which all silos share where there are several.</summary>
    Files,

    /// <summary>In the cluster's Redis.</summary>
    Redis,

    /// <summary>In a bucket of S3 or of a store that speaks its protocol.</summary>
    S3,
}
