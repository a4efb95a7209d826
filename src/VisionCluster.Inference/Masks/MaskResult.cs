using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Masks;

/// <summary>A mask of a picture's size as runs, with what is asked of it most.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Runs">Column-major run lengths, alternating, beginning with the zeros; they sum to the pixels.</param>
/// <param name="Area">Pixels inside.</param>
/// <param name="Box">The tightest box, whose width is last - first + 1 columns; all zero where the mask is empty.</param>
public sealed record MaskResult(int Height, int Width, ReadOnlyMemory<uint> Runs, long Area, PixelRect Box)
{
    /// <summary>COCO's compressed encoding of the runs.</summary>
    public CocoRle ToRle() => new(Height, Width, CocoRleCodec.Compress(Runs.Span));
}
