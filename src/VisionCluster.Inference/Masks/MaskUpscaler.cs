using System.Diagnostics.CodeAnalysis;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Masks;

/// <summary>
/// Low-resolution mask logits to a mask of the picture's size, as segment-anything's postprocess_masks and threshold
/// do it, without ever holding logits of the picture's size: both interpolations are linear along each axis, so a
/// column of the result is a mix of low-resolution columns, and along it only stretches between samples on different
/// sides of the threshold need values at all. Thread-safe.
/// </summary>
public sealed class MaskUpscaler
{
    /// <summary>Upscales one mask.</summary>
    /// <param name="lowRes">lowResHeight * lowResWidth logits, row-major, in the frame of the model's square.</param>
    /// <param name="lowResHeight">Rows of the logits.</param>
    /// <param name="lowResWidth">Columns of the logits.</param>
    /// <param name="modelSize">Side of the model's square input, pixels.</param>
    /// <param name="geometry">Where the picture lies in the square; its crop offsets must be 0.</param>
    /// <param name="threshold">A pixel is inside where its logit is greater; NaN is outside.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    [SuppressMessage("Performance", "CA1822", Justification = "A part that callers hold, like the preprocessor.")]
    public MaskResult Upscale(
        ReadOnlySpan<float> lowRes, int lowResHeight, int lowResWidth, int modelSize, ResizeGeometry geometry,
        float threshold)
    {
        Check(lowRes, lowResHeight, lowResWidth, modelSize, geometry);
        var runs = new RunWriter();
        using var columns = new UpscaledColumns(lowRes, lowResHeight, lowResWidth, modelSize, geometry);
        for (int x = 0; x < geometry.SourceWidth; x++)
        {
            columns.Mix(x);
            columns.Crossings.Write(columns.Column, threshold, ref runs);
        }

        return Finish(ref runs, geometry);
    }

    /// <summary>
    /// One mask with segment-anything's calculate_stability_score: pixels above threshold + offset over pixels above
    /// threshold - offset, NaN where there is none of those.
    /// </summary>
    /// <param name="lowRes">As for <see cref="Upscale"/>, as are all the others.</param>
    /// <param name="lowResHeight">Rows of the logits.</param>
    /// <param name="lowResWidth">Columns of the logits.</param>
    /// <param name="modelSize">Side of the model's square input, pixels.</param>
    /// <param name="geometry">Where the picture lies in the square.</param>
    /// <param name="threshold">A pixel is inside where its logit is greater.</param>
    /// <param name="offset">How far the threshold is moved up and down.</param>
    /// <param name="minStability">A mask below it is not wanted: null comes back. With 0 or less every mask is wanted.</param>
    [SuppressMessage("Performance", "CA1822", Justification = "A part that callers hold, like the preprocessor.")]
    public (MaskResult Mask, float Stability)? UpscaleStable(
        ReadOnlySpan<float> lowRes, int lowResHeight, int lowResWidth, int modelSize, ResizeGeometry geometry,
        float threshold, float offset, float minStability)
    {
        Check(lowRes, lowResHeight, lowResWidth, modelSize, geometry);
        using var columns = new UpscaledColumns(lowRes, lowResHeight, lowResWidth, modelSize, geometry);
        var runs = new RunWriter();
        var above = new RunWriter();
        var below = new RunWriter();
        for (int x = 0; x < geometry.SourceWidth; x++)
        {
            columns.Mix(x);
            columns.Crossings.Write(columns.Column, threshold, ref runs);
            columns.Crossings.Write(columns.Column, threshold + offset, ref above);
            columns.Crossings.Write(columns.Column, threshold - offset, ref below);
        }

        float stability = (float)above.ToArea() / below.ToArea();
        MaskResult mask = Finish(ref runs, geometry);
        return minStability > 0 && !(stability >= minStability) ? null : (mask, stability);
    }

    private static MaskResult Finish(ref RunWriter runs, ResizeGeometry geometry)
    {
        uint[] counts = runs.ToArray();
        return new MaskResult(
            geometry.SourceHeight, geometry.SourceWidth, counts, MaskRuns.Area(counts),
            MaskRuns.Box(counts, geometry.SourceHeight));
    }

    private static void Check(
        ReadOnlySpan<float> lowRes, int lowResHeight, int lowResWidth, int modelSize, ResizeGeometry geometry)
    {
        if (lowRes.Length != lowResHeight * lowResWidth || lowRes.IsEmpty)
        {
            throw new ArgumentException($"{lowRes.Length} logits are not {lowResHeight}x{lowResWidth}.", nameof(lowRes));
        }

        if (geometry.CropX != 0 || geometry.CropY != 0
            || geometry.ResizedWidth > modelSize || geometry.ResizedHeight > modelSize)
        {
            throw new ArgumentException($"{geometry} does not lie in {modelSize}x{modelSize}.", nameof(geometry));
        }
    }
}
