using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using VisionCluster.Inference.Catalog;

namespace VisionCluster.Cli.Models.Pull;

/// <summary>Pulls an export into a model folder. Its manifest comes last: what broke off is no model.</summary>
/// <param name="file">Fetches.</param>
internal sealed class ModelPull(HubFile file)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="export">What to pull.</param>
    /// <param name="variant">Suffix of a precision, or empty.</param>
    /// <param name="folder">Folder of the model.</param>
    /// <param name="progress">File, bytes there are, bytes there will be.</param>
    /// <param name="cancellationToken">Stops; the same call goes on.</param>
    public async Task RunAsync(
        KnownExport export, string variant, string folder, Action<string, long, long?> progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var files = new JsonObject();
        var digests = new List<string>();
        foreach (var part in export.Files)
        {
            var name = part.NameOf(variant);
            var target = Path.Combine(folder, name);
            if (!File.Exists(target))
            {
                await file.FetchAsync(
                    $"{export.Repository}/resolve/{export.Revision}/{part.PathOf(variant)}",
                    target,
                    variant.Length == 0 ? part.Sha256 : null,
                    (have, total) => progress(name, have, total),
                    cancellationToken);
            }

            await using var stream = File.OpenRead(target);
            var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
            digests.Add(digest);
            files[part.Role] = new JsonObject { ["path"] = name, ["sha256"] = digest };
        }

        if (export.Manifest is { } manifest)
        {
            var written = (JsonObject)manifest.DeepClone();
            written["name"] = export.Name + variant.Replace('_', '-');
            // Whatever the revision was called, these are its bytes.
            written["version"] = string.Concat(digests.Select(digest => digest[..8]));
            written["source"] = $"https://huggingface.co/{export.Repository}";
            written["files"] = files;
            await File.WriteAllTextAsync(
                Path.Combine(folder, ManifestReader.FileName), written.ToJsonString(Indented), cancellationToken);
        }
    }
}
