namespace VisionCluster.Inference.Masks;

/// <summary>A mask in COCO's compressed run-length encoding (github.com/cocodataset/cocoapi, maskApi).</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Counts">Column-major run lengths, zeros first, in COCO's six-bit characters.</param>
public sealed record CocoRle(int Height, int Width, string Counts);
