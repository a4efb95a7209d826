using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Benchmarks.Gpu;

/// <summary>Mask decoders to click with.</summary>
internal static class SamDecoders
{
    public const string Map = "image_embeddings";

    private const int Channels = 256;
    private const int Side = 64;
    private const int Masks = 4;

    /// <summary>The starter's.</summary>
    public static string Starter(string models) => ManifestReader.Read(Path.Combine(models, "starter-sam")).PathOf("maskDecoder");

    /// <summary>A graph of SAM's signature and sizes whose arithmetic is next to nothing: what is left is the way there and back.</summary>
    public static string FullSize()
    {
        var path = Path.Combine(Path.GetTempPath(), $"sam-sized-{Environment.ProcessId}.onnx");
        new OnnxModelWriter()
            .Input(Map, -1, Channels, Side, Side)
            .Input("point_coords", -1, -1, 2).Input("point_labels", -1, -1)
            .Input("mask_input", -1, 1, Side * 4, Side * 4).Input("has_mask_input", -1)
            .Constant("mix", [Masks, Channels, 1, 1], Filled(Masks * Channels, 1f / Channels))
            .Constant("spread", [Masks, 1, 4, 4], Filled(Masks * 16, 4))
            .Constant("scores", [1, Masks], 0.9f, 0.8f, 0.7f, 0.6f)
            .Node("Conv", [Map, "mix"], ["mixed"])
            .Node("ConvTranspose", ["mixed", "spread"], ["low_res_masks"], ("strides", new long[] { 4, 4 }), ("group", (long)Masks))
            .Node("ReduceMean", ["mixed"], ["mean"], ("axes", new long[] { 1, 2, 3 }), ("keepdims", 0L))
            .Constant("column", [2], -1L, 1L)
            .Node("Reshape", ["mean", "column"], ["means"])
            .Node("Sub", ["means", "means"], ["zeros"])
            .Node("Add", ["zeros", "scores"], ["iou_predictions"])
            .Output("low_res_masks", false, -1, Masks, Side * 4, Side * 4)
            .Output("iou_predictions", false, -1, Masks)
            .Save(path);
        return path;
    }

    private static float[] Filled(int count, float value)
    {
        var values = new float[count];
        Array.Fill(values, value);
        return values;
    }
}
