using System.Text.Json;
using System.Text.RegularExpressions;
using VisionCluster.Cli.Commands;

namespace VisionCluster.Cli.Models.Pull;

/// <summary>The exports that are known: the table that ships, and tables of one's own of the same shape.</summary>
internal static partial class ExportTable
{
    private static string Shipped => Path.Combine(AppContext.BaseDirectory, "exports.json");

    /// <summary>Every export by name; a table that comes later wins.</summary>
    /// <exception cref="CommandException">A table that cannot be read or breaks a rule.</exception>
    public static IReadOnlyDictionary<string, KnownExport> Read(IEnumerable<string> own)
    {
        var known = new SortedDictionary<string, KnownExport>(StringComparer.Ordinal);
        foreach (var path in own.Prepend(Shipped))
        {
            foreach (var export in Parse(path))
            {
                known[export.Name] = export;
            }
        }

        return known;
    }

    private static KnownExport[] Parse(string path)
    {
        try
        {
            var exports = JsonSerializer.Deserialize<KnownExport[]>(File.ReadAllBytes(path), JsonSerializerOptions.Web)
                ?? throw new JsonException("It is empty.");
            return Array.TrueForAll(exports, IsSafe)
                ? exports
                : throw new JsonException("Names, repositories and paths have letters, digits, '.', '_', '-' and '/', and no '..'.");
        }
        catch (JsonException error)
        {
            throw new CommandException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Nothing in a table reaches outside of its model's folder or of its repository.</summary>
    private static bool IsSafe(KnownExport export) => ModelName().IsMatch(export.Name)
        && export.Files.Select(file => file.PathOf("")).Append(export.Repository).Append(export.Revision)
            .All(part => RelativePath().IsMatch(part) && !part.Contains("..", StringComparison.Ordinal));

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex ModelName();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*\z")]
    private static partial Regex RelativePath();
}
