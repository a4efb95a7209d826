using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Gateway;

/// <summary>Limits of the HTTP face; section <c>Vision:Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Gateway";

    /// <summary>Largest image, bytes as uploaded.</summary>
    [Range(1024, 1L << 30)]
    public long MaxImageBytes { get; set; } = 32L << 20;

    /// <summary>Largest JSON body, bytes.</summary>
    [Range(1024, 1L << 30)]
    public long MaxJsonBytes { get; set; } = 16L << 20;

    /// <summary>Longest that any call may take; a caller may ask for less.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan MaxTimeout { get; set; } = TimeSpan.FromSeconds(60);
}
