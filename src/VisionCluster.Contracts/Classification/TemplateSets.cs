using System.Diagnostics.CodeAnalysis;

namespace VisionCluster.Contracts.Classification;

/// <summary>The template sets that have names.</summary>
public static class TemplateSets
{
    private static readonly Dictionary<string, string[]> Sets = new(StringComparer.Ordinal)
    {
        ["none"] = ["{}"],
        ["simple"] = ["a photo of a {}."],
        // The seven and the eighty of OpenAI's prompt engineering for ImageNet (github.com/openai/CLIP, MIT; see NOTICE).
        ["imagenet7"] =
        [
            "itap of a {}.", "a bad photo of the {}.", "a origami {}.", "a photo of the large {}.", "a {} in a video game.",
            "art of the {}.", "a photo of the small {}.",
        ],
        ["imagenet80"] = Read("imagenet80.txt"),
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

    private static string[] Read(string resource)
    {
        using var stream = typeof(TemplateSets).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The assembly lacks '{resource}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
