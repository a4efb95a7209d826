using VisionCluster.Contracts.Classification;

namespace VisionCluster.Contracts.Search;

/// <summary>A text or an image to rank a tenant's live images by: those whose CLIP embedding is at hand.</summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.SearchRequest")]
public sealed record SearchRequest
{
    /// <summary>Most images of an answer.</summary>
    public const int MaxTopK = 1000;

    /// <summary>A CLIP model's name; null is the cluster's default.</summary>
    [Id(0)]
    public string? Model { get; init; }

    /// <summary>What to look for in words; null where an image is given.</summary>
    [Id(1)]
    public string? Text { get; init; }

    /// <summary>Sentences the text is put into.</summary>
    [Id(2)]
    public PromptTemplates Templates { get; init; } = PromptTemplates.Simple;

    /// <summary>An image session's id, or an image as <c>data:image/...;base64,...</c>; null where a text is given.</summary>
    [Id(3)]
    public string? Image { get; init; }

    /// <summary>How many images to send back, best first.</summary>
    [Id(4)]
    public int TopK { get; init; } = 10;

    /// <summary>Everything that is wrong with the request; empty where nothing is.</summary>
    public IReadOnlyList<string> Violations()
    {
        var found = new List<string>();
        if (Text is null == Image is null)
        {
            found.Add("Give either 'text' or 'image'.");
        }
        else if (Text is not null)
        {
            LabelRules.Check([Text], null, found);
        }

        LabelRules.Check(Templates, found);
        if (TopK is < 1 or > MaxTopK)
        {
            found.Add($"'topK' must be 1 to {MaxTopK}.");
        }

        return found;
    }
}
