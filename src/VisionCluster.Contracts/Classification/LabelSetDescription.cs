namespace VisionCluster.Contracts.Classification;

/// <summary>What the cluster keeps of a label set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Labels">Its labels, in order.</param>
/// <param name="Templates">Sentences they are put into.</param>
/// <param name="CreatedAt">When the name was first used.</param>
/// <param name="UpdatedAt">When it was last written.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.LabelSetDescription")]
public sealed record LabelSetDescription(
    [property: Id(0)] string Name,
    [property: Id(1)] IReadOnlyList<string> Labels,
    [property: Id(2)] PromptTemplates Templates,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] DateTimeOffset UpdatedAt);
