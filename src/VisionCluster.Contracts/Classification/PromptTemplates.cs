using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Classification;

/// <summary>
/// The sentences a label is put into before it is embedded: a named set or a list of the caller's own, each with one
/// <c>{}</c>. In JSON a string or an array of strings.
/// </summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.PromptTemplates")]
[JsonConverter(typeof(PromptTemplatesJsonConverter))]
public sealed record PromptTemplates
{
    /// <summary>Most sentences of one set.</summary>
    public const int MaxCount = 128;

    /// <summary>Longest sentence, characters.</summary>
    public const int MaxLength = 512;

    /// <summary>The label as it is.</summary>
    public static readonly PromptTemplates None = Named("none");

    /// <summary><c>a photo of a {}.</c></summary>
    public static readonly PromptTemplates Simple = Named("simple");

    /// <summary>The name of a set that the server knows; null for own templates.</summary>
    [Id(0)]
    public string? Name { get; private init; }

    /// <summary>The caller's own templates; empty for a named set.</summary>
    [Id(1)]
    public IReadOnlyList<string> Own { get; private init; } = [];

    /// <summary>A set that the server knows: <c>none</c>, <c>simple</c>, <c>imagenet7</c>, <c>imagenet80</c>, <c>starter</c>.</summary>
    public static PromptTemplates Named(string name) => new() { Name = name };

    /// <summary>The caller's own sentences.</summary>
    public static PromptTemplates FromList(IReadOnlyList<string> templates) => new() { Own = templates };

    /// <summary>Everything that is wrong with the set.</summary>
    internal void Check(List<string> found)
    {
        if (Name is null && Own is not { Count: >= 1 and <= MaxCount })
        {
            found.Add($"'templates' must be a known name or 1 to {MaxCount} sentences.");
        }
        else if (Name is null && Own.Any(t => t is null || t.Length > MaxLength || t.Split("{}").Length != 2))
        {
            found.Add($"Each template must contain '{{}}' once and have at most {MaxLength} characters.");
        }
        else if (Name is not null && !TemplateSets.TryGet(Name, out _))
        {
            found.Add($"'templates' names no known set; known are {string.Join(", ", TemplateSets.Names)}.");
        }
    }
}
