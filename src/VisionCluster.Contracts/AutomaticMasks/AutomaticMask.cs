namespace VisionCluster.Contracts.AutomaticMasks;

/// <summary>
/// A mask that was found without a prompt: a record of segment-anything's <c>SamAutomaticMaskGenerator</c>, with its
/// conventions.
/// </summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.AutomaticMask")]
public sealed record AutomaticMask
{
    /// <summary>Names the record within this answer.</summary>
    [Id(0)]
    public required int Id { get; init; }

    /// <summary>The mask, the size of the oriented image.</summary>
    [Id(1)]
    public required MaskSegmentation Segmentation { get; init; }

    /// <summary>Pixels inside.</summary>
    [Id(2)]
    public required long Area { get; init; }

    /// <summary>
    /// <c>[x, y, width, height]</c> between the outermost pixels, as SAM has it: width is last - first column.
    /// </summary>
    [Id(3)]
    public required IReadOnlyList<int> Bbox { get; init; }

    /// <summary>The model's guess of the mask's IoU with the truth, about 0 to 1.</summary>
    [Id(4)]
    public required float PredictedIou { get; init; }

    /// <summary>How little the mask changes with the threshold, 0 to 1; null for an empty mask.</summary>
    [Id(5)]
    public required float? StabilityScore { get; init; }

    /// <summary>The point that found it: <c>[[x, y]]</c>, pixels of the image.</summary>
    [Id(6)]
    public required IReadOnlyList<IReadOnlyList<double>> PointCoords { get; init; }

    /// <summary>The part of the image it was found in: <c>[x, y, width, height]</c>.</summary>
    [Id(7)]
    public required IReadOnlyList<int> CropBox { get; init; }
}
