namespace VisionCluster.Contracts.Classification;

/// <summary>A label and how well it fits.</summary>
/// <param name="Label">The label as it was given.</param>
/// <param name="Index">Its place among the labels given.</param>
/// <param name="Score">By the request's mode, over all labels and not only those sent back.</param>
/// <param name="Similarity">Cosine of image and label, -1 to 1.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.ScoredLabel")]
public sealed record ScoredLabel(
    [property: Id(0)] string Label,
    [property: Id(1)] int Index,
    [property: Id(2)] float Score,
    [property: Id(3)] float Similarity);
