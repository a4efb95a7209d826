using VisionCluster.Inference.Onnx;

namespace VisionCluster.TestKit.Onnx;

/// <summary>
/// A folder with a model of SAM's signature (the batchable one of our exports) whose runs cost next to nothing, for tests
/// of what is around a model. It masks what is bright.
/// </summary>
public sealed class TinySam : IDisposable
{
    /// <summary>Name of the model.</summary>
    public const string Name = "tiny-sam";

    private const int Side = 64;
    private const int Patch = 16;
    private const int Channels = 4;
    private const int Masks = 4;

    private const string Manifest =
        $$"""
        {
          "name": "{{Name}}", "family": "sam", "version": "1", "padding": "zero",
          "files": { "imageEncoder": { "path": "encoder.onnx" }, "maskDecoder": { "path": "decoder.onnx" } },
          "image": {
            "size": 64, "resize": "longestSidePad", "interpolation": "bilinear",
            "mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375]
          }
        }
        """;

    /// <summary>Writes it.</summary>
    public TinySam()
    {
        var folder = System.IO.Directory.CreateDirectory(Path.Combine(Directory, Name)).FullName;
        File.WriteAllText(Path.Combine(folder, "model.json"), Manifest);
        SaveEncoder(Path.Combine(folder, "encoder.onnx"));
        SaveDecoder(Path.Combine(folder, "decoder.onnx"));
    }

    /// <summary>The folder that holds the model's.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("visioncluster").FullName;

    /// <summary>Configuration of a server that loads it and nothing else.</summary>
    public string[] Settings => [$"Vision:Models:Directories:0={Directory}", $"Vision:Models:Load:0={Name}"];

    /// <inheritdoc/>
    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    /// <summary>The mean of each patch, in every channel.</summary>
    private static void SaveEncoder(string path) => new OnnxModelWriter()
        .Input("pixel_values", -1, 3, Side, Side)
        .Constant("mean", [Channels, 3, Patch, Patch], Filled(Channels * 3 * Patch * Patch, 1f / (3 * Patch * Patch)))
        .Node("Conv", ["pixel_values", "mean"], ["image_embeddings"], ("strides", new long[] { Patch, Patch }))
        .Output("image_embeddings", false, -1, Channels, Side / Patch, Side / Patch)
        .Save(path);

    /// <summary>Each channel times four, as logits of a mask; scores fall from mask to mask.</summary>
    private static void SaveDecoder(string path) => new OnnxModelWriter()
        .Input("image_embeddings", -1, Channels, Side / Patch, Side / Patch)
        .Input("point_coords", -1, -1, 2).Input("point_labels", -1, -1)
        .Input("mask_input", -1, 1, Side / 4, Side / 4).Input("has_mask_input", -1)
        .Constant("spread", [Channels, 1, 4, 4], Filled(Channels * 16, 4))
        .Constant("scores", [1, Masks], 0.9f, 0.8f, 0.7f, 0.6f)
        .Node("ConvTranspose", ["image_embeddings", "spread"], ["low_res_masks"], ("strides", new long[] { 4, 4 }), ("group", (long)Channels))
        .Node("ReduceMean", ["image_embeddings"], ["mean"], ("axes", new long[] { 1, 2, 3 }), ("keepdims", 0L))
        .Constant("column", [2], -1L, 1L)
        .Node("Reshape", ["mean", "column"], ["means"])
        .Node("Sub", ["means", "means"], ["zeros"])
        .Node("Add", ["zeros", "scores"], ["iou_predictions"])
        .Output("low_res_masks", false, -1, Masks, Side / 4, Side / 4)
        .Output("iou_predictions", false, -1, Masks)
        .Save(path);

    private static float[] Filled(int count, float value)
    {
        var values = new float[count];
        Array.Fill(values, value);
        return values;
    }
}
