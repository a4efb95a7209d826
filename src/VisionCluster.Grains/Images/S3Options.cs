namespace VisionCluster.Grains.Images;

/// <summary>
/// A bucket. Credentials come from where the AWS SDK looks for them: environment, profile, or the pod's role. Give the
/// bucket a lifecycle rule: objects of sessions that ended with their silo are otherwise never removed.
/// </summary>
public sealed class S3Options
{
    /// <summary>Its name.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>Begins every object's key.</summary>
    public string Prefix { get; set; } = "images/";

    /// <summary>Address of a store other than Amazon's, such as MinIO's.</summary>
    public string? ServiceUrl { get; set; }

    /// <summary>Region of the bucket; null: where the SDK finds it.</summary>
    public string? Region { get; set; }
}
