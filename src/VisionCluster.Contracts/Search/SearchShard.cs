namespace VisionCluster.Contracts.Search;

/// <summary>What one device found.</summary>
/// <param name="Results">Best first.</param>
/// <param name="Compared">How many images were compared.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.SearchShard")]
public sealed record SearchShard([property: Id(0)] IReadOnlyList<SearchResult> Results, [property: Id(1)] int Compared);
