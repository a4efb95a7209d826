namespace VisionCluster.Contracts.Classification;

/// <summary>Labels to rank by how well they fit an image (CLIP, arXiv 2103.00020).</summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.ClassifyRequest")]
public sealed record ClassifyRequest
{
    /// <summary>A CLIP model's name; null is the cluster's default.</summary>
    [Id(0)]
    public string? Model { get; init; }

    /// <summary>1 to <see cref="LabelRules.MaxCount"/> labels, or null where a label set is named.</summary>
    [Id(1)]
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The name of a label set of the tenant, or null where labels are given.</summary>
    [Id(2)]
    public string? LabelSet { get; init; }

    /// <summary>
    /// Sentences a label is put into; its embedding is the normalised mean over them. A label set brings its own.
    /// </summary>
    [Id(3)]
    public PromptTemplates Templates { get; init; } = PromptTemplates.Simple;

    /// <summary>How many labels to send back, best first.</summary>
    [Id(4)]
    public int TopK { get; init; } = 5;

    /// <summary>How similarities become scores.</summary>
    [Id(5)]
    public ScoreMode Mode { get; init; } = ScoreMode.Softmax;

    /// <summary>Everything that is wrong with the request; empty where nothing is.</summary>
    public IReadOnlyList<string> Violations()
    {
        var found = new List<string>();
        LabelRules.Check(Labels, LabelSet, found);
        LabelRules.Check(Templates, found);
        if (TopK is < 1 or > LabelRules.MaxCount)
        {
            found.Add($"'topK' must be 1 to {LabelRules.MaxCount}.");
        }

        if (!Enum.IsDefined(Mode))
        {
            found.Add("'mode' must be softmax, sigmoid or cosine.");
        }

        return found;
    }
}
