using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.RegularExpressions;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Catalog;

/// <summary>Reads and checks <c>model.json</c>.</summary>
public static partial class ManifestReader
{
    /// <summary>Name of the file that makes a folder a model.</summary>
    public const string FileName = "model.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Reads the manifest of a folder.</summary>
    /// <exception cref="VisionException"><c>ModelUnavailable</c> with all that is wrong with it.</exception>
    public static ModelFolder Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            var manifest = JsonSerializer.Deserialize<ModelManifest>(File.ReadAllBytes(path), Json)
                ?? throw new JsonException("It is empty.");
            var violations = Violations(manifest);
            return violations.Count == 0
                ? new ModelFolder(Path.GetFullPath(directory), manifest)
                : throw new JsonException(string.Join(" ", violations));
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new VisionException(VisionErrorCode.ModelUnavailable, $"{path}: {error.Message}", error);
        }
    }

    private static List<string> Violations(ModelManifest manifest)
    {
        var found = new List<string>();
        if (!NamePattern().IsMatch(manifest.Name))
        {
            found.Add("'name' must have 1 to 100 letters, digits, '.', '_' or '-'.");
        }

        foreach (var (role, file) in manifest.Files)
        {
            if (Path.IsPathRooted(file.Path) || file.Path.Split('/', '\\').Contains(".."))
            {
                found.Add($"'files.{role}.path' must stay inside the model's folder.");
            }
        }

        var batching = new List<ValidationResult>();
        Validator.TryValidateObject(manifest.Batching, new ValidationContext(manifest.Batching), batching, true);
        found.AddRange(batching.Select(result => $"'batching': {result.ErrorMessage}"));
        found.AddRange(manifest.Image.Validate().Select(error => $"'image': {error}"));
        if (manifest.Image.Resize == ResizeMode.ShortestSide != (manifest.Family == ModelFamily.Proposals))
        {
            found.Add("'image.resize' must be shortestSide for family proposals, and for no other.");
        }

        if (manifest.ContextLength is < 3 or > 4096 || !(manifest.LogitScale > 0))
        {
            found.Add("'contextLength' must be 3 to 4096 and 'logitScale' greater than 0.");
        }

        if (manifest.MemoryBytes is < 0 || !Enum.IsDefined(manifest.EmbeddingPrecision))
        {
            found.Add("'memoryBytes' must not be negative and 'embeddingPrecision' must be float32 or float16.");
        }

        return found;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex NamePattern();
}
