namespace VisionCluster.Benchmarks.Masks;

/// <summary>A folder for the length of a benchmark with one SAM model of two files.</summary>
internal sealed class ModelDirectory : IDisposable
{
    private const string Manifest =
        """
        {
          "name": "reference", "family": "sam", "version": "1",
          "files": { "imageEncoder": { "path": "encoder.onnx" }, "maskDecoder": { "path": "decoder.onnx" } },
          "image": {
            "size": 1024, "resize": "longestSidePad", "interpolation": "bilinear",
            "mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375]
          }
        }
        """;

    public ModelDirectory(string encoder, string decoder)
    {
        var model = Directory.CreateDirectory(System.IO.Path.Combine(Path, "reference")).FullName;
        File.Copy(encoder, System.IO.Path.Combine(model, "encoder.onnx"));
        File.Copy(decoder, System.IO.Path.Combine(model, "decoder.onnx"));
        File.WriteAllText(System.IO.Path.Combine(model, "model.json"), Manifest);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("vision").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
