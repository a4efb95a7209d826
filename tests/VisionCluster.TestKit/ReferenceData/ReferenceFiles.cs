using System.Text.Json;

namespace VisionCluster.TestKit.ReferenceData;

/// <summary>
/// Recorded results of the original implementations, which are not part of the repository: a folder
/// <c>shared/golden</c> in or beside any folder above the tests, or the one that <c>VISIONCLUSTER_GOLDEN</c> names.
/// </summary>
public static class ReferenceFiles
{
    private static readonly Lazy<string?> _root = new(Find);

    /// <summary>The folder; null where there is none.</summary>
    public static string? Root => _root.Value;

    /// <summary>Path of a file of the folder.</summary>
    /// <exception cref="InvalidOperationException">There is no such folder here.</exception>
    public static string Path(string relative) => System.IO.Path.Combine(
        Root ?? throw new InvalidOperationException("There is no reference data here."), relative);

    /// <summary>A JSON file.</summary>
    public static JsonElement Json(string relative)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path(relative)));
        return document.RootElement.Clone();
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("VISIONCLUSTER_GOLDEN") is { Length: > 0 } named)
        {
            return Directory.Exists(named) ? named : null;
        }

        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            foreach (string? parent in (string?[])[d.FullName, d.Parent?.FullName])
            {
                if (parent is not null && System.IO.Path.Combine(parent, "shared", "golden") is var candidate
                    && Directory.Exists(candidate))
                {
                    return candidate;
                }
            }
        }

        return null;
    }
}
