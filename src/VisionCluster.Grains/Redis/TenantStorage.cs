namespace VisionCluster.Grains.Redis;

/// <summary>Where grains keep what tenants made to last, such as their label sets.</summary>
public static class TenantStorage
{
    /// <summary>Name of the grain storage provider.</summary>
    public const string Name = "tenants";
}
