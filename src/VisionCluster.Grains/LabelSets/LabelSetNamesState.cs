namespace VisionCluster.Grains.LabelSets;

/// <summary>What a tenant's label sets are called.</summary>
[GenerateSerializer]
[Alias("visioncluster.LabelSetNamesState")]
internal sealed class LabelSetNamesState
{
    /// <summary>Each name once.</summary>
    [Id(0)]
    public HashSet<string> Names { get; set; } = new(StringComparer.Ordinal);
}
