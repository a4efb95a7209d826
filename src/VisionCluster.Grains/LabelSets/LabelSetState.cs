using VisionCluster.Contracts.Classification;

namespace VisionCluster.Grains.LabelSets;

/// <summary>What a label set keeps in its store.</summary>
[GenerateSerializer]
[Alias("visioncluster.LabelSetState")]
internal sealed class LabelSetState
{
    /// <summary>Null where the tenant has no set of the name.</summary>
    [Id(0)]
    public LabelSet? Set { get; set; }

    /// <summary>Changes with every write.</summary>
    [Id(1)]
    public string Version { get; set; } = "";

    [Id(2)]
    public DateTimeOffset CreatedAt { get; set; }

    [Id(3)]
    public DateTimeOffset UpdatedAt { get; set; }
}
