using System.Security.Cryptography;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Catalog;

/// <summary>A folder with a manifest and the files it names.</summary>
/// <param name="Directory">Full path.</param>
/// <param name="Manifest">What it says.</param>
public sealed record ModelFolder(string Directory, ModelManifest Manifest)
{
    private static readonly string[] WeightSuffixes = ["", "_data", ".data"];

    /// <summary>
    /// Bytes it takes on a device: what the manifest says, else the sizes of its graphs and the weights beside them,
    /// which is what they take where the runtime keeps weights as they are stored.
    /// </summary>
    public long Bytes => Manifest.MemoryBytes ?? Manifest.Files.Values.Select(file => file.Path).Distinct(StringComparer.Ordinal)
        .Where(path => path.EndsWith(".onnx", StringComparison.Ordinal))
        .SelectMany(path => WeightSuffixes.Select(suffix => new FileInfo(Path.Combine(Directory, path + suffix))))
        .Sum(file => file.Exists ? file.Length : 0);

    /// <summary>Whether the manifest has a file of this role.</summary>
    public bool Has(string role) => Manifest.Files.ContainsKey(role);

    /// <summary>Full path of a role's file.</summary>
    /// <exception cref="VisionException"><c>ModelUnavailable</c>: the manifest names none.</exception>
    public string PathOf(string role) => Manifest.Files.TryGetValue(role, out var file)
        ? Path.Combine(Directory, file.Path)
        : throw new VisionException(
            VisionErrorCode.ModelUnavailable, $"Model '{Manifest.Name}' has no file '{role}' in its manifest.");

    /// <summary>Compares every file that has a digest with it.</summary>
    /// <exception cref="VisionException"><c>ModelUnavailable</c>: a file is missing or differs.</exception>
    public void VerifyChecksums()
    {
        foreach (var (role, file) in Manifest.Files)
        {
            var path = PathOf(role);
            if (!File.Exists(path))
            {
                throw Broken($"'{file.Path}' is missing");
            }

            if (file.Sha256 is { } expected)
            {
                using var stream = File.OpenRead(path);
                if (!Convert.ToHexString(SHA256.HashData(stream)).Equals(expected, StringComparison.OrdinalIgnoreCase))
                {
                    throw Broken($"'{file.Path}' has not the SHA-256 of its manifest");
                }
            }
        }
    }

    private VisionException Broken(string what) =>
        new(VisionErrorCode.ModelUnavailable, $"Model '{Manifest.Name}' cannot be loaded: {what}.");
}
