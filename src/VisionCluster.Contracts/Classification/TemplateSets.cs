using System.Diagnostics.CodeAnalysis;

namespace VisionCluster.Contracts.Classification;

/// <summary>The template sets that have names.</summary>
public static class TemplateSets
{
    private static readonly Dictionary<string, string[]> Sets = new(StringComparer.Ordinal)
    {
        ["none"] = ["{}"],
        ["simple"] = ["a photo of a {}."],
        // What the starter models were trained with.
        ["starter"] = ["a photo of a {}.", "a picture of a {}.", "a drawing of a {}.", "{}"],
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => Sets.Keys;

    /// <summary>The sentences of a set, each with one <c>{}</c>.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out IReadOnlyList<string>? templates)
    {
        var known = Sets.TryGetValue(name, out var found);
        templates = found;
        return known;
    }

    /// <summary>The sentences that a request's templates stand for.</summary>
    /// <exception cref="KeyNotFoundException">A name that is not known: the request was not checked.</exception>
    public static IReadOnlyList<string> Resolve(PromptTemplates templates)
    {
        ArgumentNullException.ThrowIfNull(templates);
        return templates.Name is { } name ? Sets[name] : templates.Own;
    }
}
