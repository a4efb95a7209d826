namespace VisionCluster.Contracts.Segmentation;

/// <summary>Prompts on one image; all of them are one batch.</summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.SegmentRequest")]
public sealed record SegmentRequest
{
    /// <summary>Most prompts of one request.</summary>
    public const int MaxPrompts = 256;

    /// <summary>Most points of one prompt.</summary>
    public const int MaxPoints = 64;

    /// <summary>Longest text of a prompt, characters.</summary>
    public const int MaxTextLength = 1024;

    /// <summary>A SAM model's name; null is the cluster's default.</summary>
    [Id(0)]
    public string? Model { get; init; }

    /// <summary>1 to <see cref="MaxPrompts"/> objects to find.</summary>
    [Id(1)]
    public IReadOnlyList<SegmentPrompt> Prompts { get; init; } = [];

    /// <summary>
    /// True: the model's three candidates in the order of their tokens, each with its score. False: one mask, by
    /// <c>SamPredictor</c>'s rule (github.com/facebookresearch/segment-anything): the single-mask token where the graph
    /// has one, else the candidate of the highest score.
    /// </summary>
    [Id(2)]
    public bool Multimask { get; init; } = true;

    /// <summary>What to send back of each mask.</summary>
    [Id(3)]
    public MaskOutput Output { get; init; } = new();

    /// <summary>Everything that is wrong with the request for an image of this size; empty where nothing is.</summary>
    /// <param name="width">Image width, pixels; null where it is not known yet.</param>
    /// <param name="height">Image height, pixels; null where it is not known yet.</param>
    public IReadOnlyList<string> Violations(int? width = null, int? height = null) =>
        SegmentRequestRules.Violations(this, width ?? double.MaxValue, height ?? double.MaxValue);
}
