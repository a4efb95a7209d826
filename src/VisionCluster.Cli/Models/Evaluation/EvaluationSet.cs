using System.Text.Json;
using System.Text.Json.Serialization;
using VisionCluster.Cli.Commands;

namespace VisionCluster.Cli.Models.Evaluation;

/// <summary>Composed scenes of objects in a style that no starter model was trained on; see its README.</summary>
/// <param name="Version">Of the format: 1.</param>
/// <param name="Templates">Sentences that labels are put into.</param>
/// <param name="Scenes">The pictures.</param>
internal sealed record EvaluationSet(int Version, IReadOnlyList<string> Templates, IReadOnlyList<EvaluationScene> Scenes)
{
    private const int KnownVersion = 1;

    /// <summary>The folder of the pictures.</summary>
    [JsonIgnore]
    public string Folder { get; private init; } = "";

    /// <summary>Reads <c>eval.json</c>.</summary>
    /// <exception cref="CommandException">It is missing, broken, or of another version.</exception>
    public static EvaluationSet Load(string folder)
    {
        try
        {
            var set = JsonSerializer.Deserialize<EvaluationSet>(
                File.ReadAllBytes(Path.Combine(folder, "eval.json")), JsonSerializerOptions.Web);
            return set is { Version: KnownVersion, Scenes.Count: > 0 }
                ? set with { Folder = folder }
                : throw new JsonException($"it is not of version {KnownVersion}, or empty.");
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            throw new CommandException($"The evaluation set in '{folder}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The bytes of a scene's picture.</summary>
    public Task<byte[]> ReadAsync(EvaluationScene scene, CancellationToken cancellationToken) =>
        File.ReadAllBytesAsync(Path.Combine(Folder, scene.Image), cancellationToken);
}
