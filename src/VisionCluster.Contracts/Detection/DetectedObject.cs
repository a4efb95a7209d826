using System.Text.Json.Serialization;
using VisionCluster.Contracts.Segmentation;

namespace VisionCluster.Contracts.Detection;

/// <summary>A labelled box.</summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.DetectedObject")]
public sealed record DetectedObject
{
    /// <summary>The label as it was given.</summary>
    [Id(0)]
    public required string Label { get; init; }

    /// <summary>Its place among the labels given.</summary>
    [Id(1)]
    public required int Index { get; init; }

    /// <summary>By the request's fusion, 0 to 1 for <c>sigmoid</c> and <c>none</c>.</summary>
    [Id(2)]
    public required float Score { get; init; }

    /// <summary>The label's share of the softmax, 0 to 1.</summary>
    [Id(3)]
    public required float Probability { get; init; }

    /// <summary>sigmoid of the proposal's logit, 0 to 1; null for a caller's box.</summary>
    [Id(4)]
    public float? Objectness { get; init; }

    /// <summary>Where it is.</summary>
    [Id(5)]
    public required PixelBox Box { get; init; }

    /// <summary>Its mask, where masks were asked for.</summary>
    [Id(6)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SegmentedMask? Mask { get; init; }
}
