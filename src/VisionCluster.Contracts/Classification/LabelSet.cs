namespace VisionCluster.Contracts.Classification;

/// <summary>A vocabulary of a tenant's, kept under a name and embedded once.</summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.LabelSet")]
public sealed record LabelSet
{
    /// <summary>1 to <see cref="LabelRules.MaxCount"/> labels.</summary>
    [Id(0)]
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Sentences a label is put into; its embedding is the normalised mean over them.</summary>
    [Id(1)]
    public PromptTemplates Templates { get; init; } = PromptTemplates.Simple;

    /// <summary>Everything that is wrong with the set; empty where nothing is.</summary>
    public IReadOnlyList<string> Violations()
    {
        var found = new List<string>();
        LabelRules.Check(Labels, null, found);
        LabelRules.Check(Templates, found);
        return found;
    }
}
