using System.Text.Json.Nodes;

namespace VisionCluster.Cluster.Tests.Processes;

/// <summary>A directory with a starter model under a new version.</summary>
internal sealed class ModelUpgrade : IDisposable
{
    private ModelUpgrade(string directory) => Directory = directory;

    public string Directory { get; }

    public static ModelUpgrade Of(string model, string version)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "models", model);
        var root = System.IO.Directory.CreateTempSubdirectory("visioncluster").FullName;
        var target = System.IO.Directory.CreateDirectory(Path.Combine(root, model)).FullName;
        foreach (var file in System.IO.Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        var path = Path.Combine(target, "model.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        manifest["version"] = version;
        File.WriteAllText(path, manifest.ToJsonString());
        return new ModelUpgrade(root);
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
