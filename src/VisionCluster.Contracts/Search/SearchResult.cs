namespace VisionCluster.Contracts.Search;

/// <summary>An image that was found.</summary>
/// <param name="Image">Its session's id.</param>
/// <param name="Score">Cosine with what was looked for, -1 to 1.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.SearchResult")]
public sealed record SearchResult([property: Id(0)] string Image, [property: Id(1)] float Score);
