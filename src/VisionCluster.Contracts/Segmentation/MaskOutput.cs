namespace VisionCluster.Contracts.Segmentation;

/// <summary>What a caller wants of each mask.</summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.MaskOutput")]
public sealed record MaskOutput
{
    /// <summary>How masks are sent back.</summary>
    [Id(0)]
    public MaskFormat Format { get; init; } = MaskFormat.Rle;

    /// <summary>Whether the low-resolution logits come along.</summary>
    [Id(1)]
    public bool Logits { get; init; }

    /// <summary>A pixel belongs to the mask where its logit is greater than this.</summary>
    [Id(2)]
    public float Threshold { get; init; }
}
