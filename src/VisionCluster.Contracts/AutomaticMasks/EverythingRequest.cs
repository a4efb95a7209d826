namespace VisionCluster.Contracts.AutomaticMasks;

/// <summary>
/// All masks of an image: the options of segment-anything's <c>SamAutomaticMaskGenerator</c> under their names and with
/// their defaults (arXiv 2304.02643, appendix B), but for <see cref="OutputMode"/>, whose default is the small one.
/// </summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.EverythingRequest")]
public sealed record EverythingRequest
{
    /// <summary>Points of a side where neither a number nor grids are given.</summary>
    public const int DefaultPointsPerSide = 32;

    /// <summary>Most points of a side.</summary>
    public const int MaxPointsPerSide = 64;

    /// <summary>Most crop layers: layer i has 4 to the power of i crops.</summary>
    public const int MaxCropLayers = 3;

    /// <summary>Most points of all crops.</summary>
    public const int MaxTotalPoints = 32_768;

    /// <summary>A SAM model's name; null is the cluster's default.</summary>
    [Id(0)]
    public string? Model { get; init; }

    /// <summary>The grid has this number squared points; null is 32, unless <see cref="PointGrids"/> are given.</summary>
    [Id(1)]
    public int? PointsPerSide { get; init; }

    /// <summary>Points between two looks at what stands, 1 to 1024; how many share a run is the model's affair.</summary>
    [Id(2)]
    public int PointsPerBatch { get; init; } = 64;

    /// <summary>Masks count whose predicted IoU is greater; 0 lets all pass.</summary>
    [Id(3)]
    public float PredIouThresh { get; init; } = 0.88f;

    /// <summary>Masks count whose stability is at least this; 0 lets all pass.</summary>
    [Id(4)]
    public float StabilityScoreThresh { get; init; } = 0.95f;

    /// <summary>How far the logits' threshold is moved for the stability, both ways.</summary>
    [Id(5)]
    public float StabilityScoreOffset { get; init; } = 1;

    /// <summary>Of two masks of one crop whose boxes overlap more than this the better one stands.</summary>
    [Id(6)]
    public float BoxNmsThresh { get; init; } = 0.7f;

    /// <summary>Layers of crops beside the whole image, 0 to <see cref="MaxCropLayers"/>; layer i cuts it 2^i by 2^i.</summary>
    [Id(7)]
    public int CropNLayers { get; init; }

    /// <summary>Of two masks of different crops whose boxes overlap more than this that of the smaller crop stands.</summary>
    [Id(8)]
    public float CropNmsThresh { get; init; } = 0.7f;

    /// <summary>How far crops overlap, as a share of the image's shorter side.</summary>
    [Id(9)]
    public double CropOverlapRatio { get; init; } = 512d / 1500;

    /// <summary>Layer i has the points of a side divided by this to the power of i.</summary>
    [Id(10)]
    public int CropNPointsDownscaleFactor { get; init; } = 1;

    /// <summary>Grids of points <c>[x, y]</c> from 0 to 1, one for each layer with the whole image first; in place of numbers.</summary>
    [Id(11)]
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>>? PointGrids { get; init; }

    /// <summary>Holes and islands with less pixels are filled and dropped; 0 leaves masks as they are.</summary>
    [Id(12)]
    public int MinMaskRegionArea { get; init; }

    /// <summary>What each record's segmentation is.</summary>
    [Id(13)]
    public SegmentationMode OutputMode { get; init; } = SegmentationMode.CocoRle;

    /// <summary>Everything that is wrong with the request; empty where nothing is.</summary>
    public IReadOnlyList<string> Violations() => EverythingRequestRules.Violations(this);
}
