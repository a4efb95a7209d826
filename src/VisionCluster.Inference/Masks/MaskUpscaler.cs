using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
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
        if (lowRes.Length != lowResHeight * lowResWidth || lowRes.IsEmpty)
        {
            throw new ArgumentException($"{lowRes.Length} logits are not {lowResHeight}x{lowResWidth}.", nameof(lowRes));
        }

        if (geometry.CropX != 0 || geometry.CropY != 0
            || geometry.ResizedWidth > modelSize || geometry.ResizedHeight > modelSize)
        {
            throw new ArgumentException($"{geometry} does not lie in {modelSize}x{modelSize}.", nameof(geometry));
        }

        float[] pool = ArrayPool<float>.Shared.Rent((lowResHeight * lowResWidth) + (2 * lowResHeight));
        Span<float> turned = pool.AsSpan(0, lowResHeight * lowResWidth);
        Span<float> column = pool.AsSpan(turned.Length, lowResHeight);
        Span<float> part = pool.AsSpan(turned.Length + lowResHeight, lowResHeight);
        Transpose(lowRes, lowResHeight, lowResWidth, turned);
        using var across = new BilinearAxis(lowResWidth, modelSize, geometry.ResizedWidth, geometry.SourceWidth);
        using var down = new BilinearAxis(lowResHeight, modelSize, geometry.ResizedHeight, geometry.SourceHeight);
        using var crossings = new ColumnCrossings(down, lowResHeight);
        var runs = new RunWriter();
        for (int x = 0; x < across.OutputSize; x++)
        {
            Mix(turned, lowResHeight, across.Taps(x), across.Weights(x), column, part);
            crossings.Write(column, threshold, ref runs);
        }

        ArrayPool<float>.Shared.Return(pool);
        uint[] counts = runs.ToArray();
        return new MaskResult(
            geometry.SourceHeight, geometry.SourceWidth, counts, MaskRuns.Area(counts),
            MaskRuns.Box(counts, geometry.SourceHeight));
    }

    private static void Mix(
        ReadOnlySpan<float> turned, int height, ReadOnlySpan<int> taps, ReadOnlySpan<float> weights,
        Span<float> column, Span<float> part)
    {
        TensorPrimitives.Multiply(turned.Slice(taps[0] * height, height), weights[0], column);
        for (int t = 1; t < taps.Length; t++)
        {
            if (weights[t] != 0)
            {
                TensorPrimitives.MultiplyAdd(turned.Slice(taps[t] * height, height), weights[t], column, part);
                part.CopyTo(column);
            }
        }
    }

    private static void Transpose(ReadOnlySpan<float> rows, int height, int width, Span<float> columns)
    {
        const int Block = 16;
        for (int y0 = 0; y0 < height; y0 += Block)
        {
            for (int x = 0; x < width; x++)
            {
                for (int y = y0; y < Math.Min(y0 + Block, height); y++)
                {
                    columns[(x * height) + y] = rows[(y * width) + x];
                }
            }
        }
    }
}
