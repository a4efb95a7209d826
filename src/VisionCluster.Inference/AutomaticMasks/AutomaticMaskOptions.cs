using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Inference.AutomaticMasks;

/// <summary>What calls for all masks of an image may use; section <c>Vision:AutomaticMasks</c>.</summary>
public sealed class AutomaticMaskOptions
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:AutomaticMasks";

    /// <summary>Most bytes of masks that one call may hold.</summary>
    [Range(1 << 16, long.MaxValue)]
    public long MaxMaskBytes { get; set; } = 256L << 20;

    /// <summary>Calls that run at once on a device; others wait.</summary>
    [Range(1, 1024)]
    public int MaxConcurrentCalls { get; set; } = 4;
}
