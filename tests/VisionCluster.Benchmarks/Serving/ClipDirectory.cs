using System.Text.Json.Nodes;
using VisionCluster.TestKit.Onnx;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>A folder for the length of a benchmark with one CLIP model.</summary>
internal sealed class ClipDirectory : IDisposable
{
    /// <summary>Numbers of an embedding of starter-clip.</summary>
    private const int StarterDimensions = 192;

    private ClipDirectory() => Model = Directory.CreateDirectory(System.IO.Path.Combine(Path, "vit-b-32")).FullName;

    public string Path { get; } = Directory.CreateTempSubdirectory("vision").FullName;

    public string Model { get; }

    /// <summary>The starter's texts beside a ViT-B/32 of as many numbers an embedding.</summary>
    public static ClipDirectory OfVisionTransformer()
    {
        var directory = new ClipDirectory();
        var starter = System.IO.Path.Combine(AppContext.BaseDirectory, "models", "starter-clip");
        foreach (var file in new[] { "text_model.onnx", "merges.txt" })
        {
            File.Copy(System.IO.Path.Combine(starter, file), System.IO.Path.Combine(directory.Model, file));
        }

        VisionTransformer.Save(System.IO.Path.Combine(directory.Model, "vision_model.onnx"), StarterDimensions);
        var manifest = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(starter, "model.json")))!.AsObject();
        manifest["name"] = "vit-b-32";
        manifest["files"]!["imageEncoder"]!.AsObject().Remove("sha256");
        manifest["image"]!["size"] = VisionTransformer.Side;
        manifest.Remove("selfTest");
        File.WriteAllText(System.IO.Path.Combine(directory.Model, "model.json"), manifest.ToJsonString());
        return directory;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
