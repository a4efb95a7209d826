namespace VisionCluster.Contracts.Classification;

/// <summary>What a caller's labels must keep to.</summary>
public static class LabelRules
{
    /// <summary>Most labels of one request or label set.</summary>
    public const int MaxCount = 10_000;

    /// <summary>Longest label, characters.</summary>
    public const int MaxLength = 1024;

    internal static void Check(PromptTemplates? templates, List<string> found)
    {
        if (templates is null)
        {
            found.Add("'templates' must not be null.");
        }
        else
        {
            templates.Check(found);
        }
    }

    internal static void Check(IReadOnlyList<string>? labels, string? labelSet, List<string> found)
    {
        if (labels is null == labelSet is null)
        {
            found.Add("Give either 'labels' or 'labelSet'.");
        }
        else if (labels is { Count: 0 or > MaxCount })
        {
            found.Add($"'labels' must hold 1 to {MaxCount} labels; it has {labels.Count}.");
        }
        else if (labels is not null && labels.Any(l => string.IsNullOrWhiteSpace(l) || l.Length > MaxLength))
        {
            found.Add($"Each label must have 1 to {MaxLength} characters that are not all blank.");
        }
    }
}
