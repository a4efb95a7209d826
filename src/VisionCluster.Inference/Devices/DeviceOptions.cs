using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Inference.Devices;

/// <summary>How a silo uses its devices; section <c>Vision:Devices</c>.</summary>
public sealed class DeviceOptions
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Devices";

    /// <summary>
    /// Most bytes of models, kept masks and image embeddings together on each device. A model that does not fit is not
    /// loaded; embeddings get what models and masks leave.
    /// </summary>
    [Range(1 << 20, long.MaxValue)]
    public long BudgetBytes { get; set; } = 2L << 30;

    /// <summary>The part of the budget that is set aside for mask logits that are kept for refinement.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long MaskBudgetBytes { get; set; } = 64L << 20;

    /// <summary>Most masks of one image that are kept for refinement.</summary>
    [Range(1, 10_000)]
    public int MasksPerImage { get; set; } = 64;

    /// <summary>Most bytes of decoded pictures that are kept for the call after an upload.</summary>
    [Range(0, long.MaxValue)]
    public long DecodedBudgetBytes { get; set; } = 64L << 20;

    /// <summary>Pause before a device that failed is rebuilt; doubles up to a minute while that fails.</summary>
    [Range(0.1, 600)]
    public double RebuildDelaySeconds { get; set; } = 1;
}
