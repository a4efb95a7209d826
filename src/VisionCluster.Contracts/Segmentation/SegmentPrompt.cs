using VisionCluster.Contracts.Detection;

namespace VisionCluster.Contracts.Segmentation;

/// <summary>
/// One object to find, described by any mix of points, a box and an earlier mask (its id or its logits), or by text alone.
/// </summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.SegmentPrompt")]
public sealed record SegmentPrompt
{
    /// <summary>Clicks, at most <see cref="SegmentRequest.MaxPoints"/>.</summary>
    [Id(0)]
    public IReadOnlyList<PromptPoint> Points { get; init; } = [];

    /// <summary>A box around the object.</summary>
    [Id(1)]
    public PixelBox? Box { get; init; }

    /// <summary>A mask of this session to refine: its low-resolution logits are the next mask input.</summary>
    [Id(2)]
    public string? MaskId { get; init; }

    /// <summary>What to look for: detected first, each box found then segmented.</summary>
    [Id(3)]
    public string? Text { get; init; }

    /// <summary>Low-resolution logits to refine, as an earlier answer gave them, in place of <see cref="MaskId"/>.</summary>
    [Id(4)]
    public MaskLogits? MaskLogits { get; init; }
}
