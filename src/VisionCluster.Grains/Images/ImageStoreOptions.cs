using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Grains.Images;

/// <summary>How much may be stored; section <c>Vision:ImageStore</c>.</summary>
public sealed class ImageStoreOptions
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:ImageStore";

    /// <summary>Most bytes of all tenants.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long BudgetBytes { get; set; } = 1L << 30;

    /// <summary>Most bytes of one tenant.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long TenantQuotaBytes { get; set; } = 512L << 20;
}
