namespace VisionCluster.Grains.Placement;

/// <summary>What silos say of themselves in the membership's metadata.</summary>
public static class SiloRoles
{
    /// <summary>Present on silos that have devices; the value is their number.</summary>
    public const string DevicesKey = "vision.devices";
}
