using VisionCluster.Contracts.Classification;

namespace VisionCluster.Contracts.Detection;

/// <summary>Labels to look for in an image.</summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.DetectRequest")]
public sealed record DetectRequest
{
    /// <summary>Most boxes of one request.</summary>
    public const int MaxBoxes = 1000;

    /// <summary>A region model's name, or with <see cref="RegionEncoder.Crop"/> a CLIP model's; null is the default.</summary>
    [Id(0)]
    public string? Model { get; init; }

    /// <summary>1 to <see cref="LabelRules.MaxCount"/> labels, or null where a label set is named.</summary>
    [Id(1)]
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The name of a label set of the tenant, or null where labels are given.</summary>
    [Id(2)]
    public string? LabelSet { get; init; }

    /// <summary>Sentences a label is put into. A label set brings its own.</summary>
    [Id(3)]
    public PromptTemplates Templates { get; init; } = PromptTemplates.Simple;

    /// <summary>Where candidate boxes come from; null: the caller's where there are any, else the proposal network.</summary>
    [Id(4)]
    public ProposalSource? Proposals { get; init; }

    /// <summary>The caller's boxes, for <see cref="ProposalSource.Boxes"/>.</summary>
    [Id(5)]
    public IReadOnlyList<PixelBox>? Boxes { get; init; }

    /// <summary>How boxes become embeddings; null: on the feature map where a model for that is loaded, else by crops.</summary>
    [Id(6)]
    public RegionEncoder? RegionEncoder { get; init; }

    /// <summary>How probability and objectness become a score. The caller's boxes have no objectness: p alone.</summary>
    [Id(7)]
    public ScoreFusion Fusion { get; init; } = ScoreFusion.Sigmoid;

    /// <summary>Detections of a lower score are dropped, 0 to 1.</summary>
    [Id(8)]
    public float ScoreThreshold { get; init; } = 0.05f;

    /// <summary>Of two boxes of one label with a greater IoU the weaker is dropped, 0 to 1.</summary>
    [Id(9)]
    public float NmsIou { get; init; } = 0.5f;

    /// <summary>How many detections to send back, best first.</summary>
    [Id(10)]
    public int TopK { get; init; } = 100;

    /// <summary>The softmax's temperature; null: one over the model's logit scale (RegionCLIP: 0.01).</summary>
    [Id(11)]
    public float? Temperature { get; init; }

    /// <summary>Whether a background class of similarity 0 takes part in the softmax.</summary>
    [Id(12)]
    public bool Background { get; init; } = true;

    /// <summary>Whether each detection comes with a mask.</summary>
    [Id(13)]
    public bool Masks { get; init; }

    /// <summary>A model of family <c>proposals</c> to propose boxes; null: the region model, or the default where none is loaded.</summary>
    [Id(14)]
    public string? ProposalModel { get; init; }

    /// <summary>How many of the proposed boxes are labelled, the best by objectness: 1 to <see cref="MaxBoxes"/>.</summary>
    [Id(15)]
    public int MaxProposals { get; init; } = MaxBoxes;

    /// <summary>What becomes of boxes that overlap a better one of their label.</summary>
    [Id(16)]
    public NmsMode Nms { get; init; }

    /// <summary>For <see cref="NmsMode.Soft"/>: how slowly scores fall, greater than 0 and at most 10.</summary>
    [Id(17)]
    public float NmsSigma { get; init; } = 0.5f;

    /// <summary>
    /// For <see cref="ProposalSource.Everything"/>: the grid has this number squared points, 1 to 64. SAM's own default is
    /// 32, which is four times the work of 16.
    /// </summary>
    [Id(18)]
    public int PointsPerSide { get; init; } = 16;

    /// <summary>Everything that is wrong with the request for an image of this size; empty where nothing is.</summary>
    /// <param name="width">Image width, pixels; null where it is not known yet.</param>
    /// <param name="height">Image height, pixels; null where it is not known yet.</param>
    public IReadOnlyList<string> Violations(int? width = null, int? height = null) =>
        DetectRequestRules.Violations(this, width ?? double.MaxValue, height ?? double.MaxValue);
}
