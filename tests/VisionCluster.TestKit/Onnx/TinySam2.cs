namespace VisionCluster.TestKit.Onnx;

/// <summary>
/// SAM 2 of the true architecture with random weights, for pictures of 64 by 64, in the two signatures that its exports
/// have, and with outputs that torch recorded; made by <c>training/export/make_tiny_sam2.py</c>.
/// </summary>
public static class TinySam2
{
    /// <summary>Side of its square input.</summary>
    public const int Size = 64;

    /// <summary>The folder that holds both model folders.</summary>
    public static string Directory { get; } = Path.Combine(AppContext.BaseDirectory, "Onnx", "sam2");

    /// <summary>Hugging Face's names: boxes are an input of their own, three masks, no earlier mask.</summary>
    public static string HuggingFace { get; } = Path.Combine(Directory, "huggingface");

    /// <summary>Names after Meta's export of SAM: a box is two points, four masks, an earlier mask.</summary>
    public static string Meta { get; } = Path.Combine(Directory, "meta");
}
