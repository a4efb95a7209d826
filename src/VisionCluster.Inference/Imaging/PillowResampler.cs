using System.Buffers;
using System.Runtime.Intrinsics.X86;

namespace VisionCluster.Inference.Imaging;

/// <summary>
/// Pillow's resize of RGB pictures (Resample.c), bit for bit: columns first, rounded to 8 bits, then rows. Only what
/// the cut needs is computed, and only as many intermediate rows are kept as one output row needs.
/// </summary>
internal static class PillowResampler
{
    // A vector load may reach this far behind the last pixel it needs.
    private const int Slack = 32;

    /// <summary>Resizes a picture and hands the cut's rows to the sink.</summary>
    /// <param name="source">The picture, or a part of one.</param>
    /// <param name="geometry">Of a picture of that size.</param>
    /// <param name="width">Columns of the cut.</param>
    /// <param name="height">Rows of the cut.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="sink">Gets each row once.</param>
    public static void Resize<TSource, TSink>(
        TSource source, ResizeGeometry geometry, int width, int height, Interpolation filter, ref TSink sink)
        where TSource : IRowSource
        where TSink : struct, IRowSink, allows ref struct
    {
        using var columns = new ResampleKernel(source.Width, geometry.ResizedWidth, geometry.CropX, width, filter);
        using var rows = new ResampleKernel(source.Height, geometry.ResizedHeight, geometry.CropY, height, filter);
        int rowBytes = 3 * width;
        int stride = ((rowBytes + 15) & ~15) + Slack;
        int ringRows = rows.MaxTaps;
        int edgeBytes = (3 * source.Width) + (3 * 4) + Slack;
        int ringBytes = checked(stride * ringRows);
        byte[] scratch = ArrayPool<byte>.Shared.Rent(checked(ringBytes + stride + edgeBytes));
        Span<byte> ring = scratch.AsSpan(0, ringBytes);
        Span<byte> output = scratch.AsSpan(ringBytes, stride);
        Span<byte> edge = scratch.AsSpan(ringBytes + stride, edgeBytes);
        int next = rows.Start(0);
        for (int y = 0; y < height; y++)
        {
            int end = rows.Start(y) + rows.Taps(y);
            for (next = Math.Max(next, rows.Start(y)); next < end; next++)
            {
                Shrink(source.Row(next, edge), columns, ring.Slice(next % ringRows * stride, stride));
            }

            Blend(ring, stride, ringRows, rows, y, output, rowBytes);
            sink.Take(y, output[..rowBytes]);
        }

        ArrayPool<byte>.Shared.Return(scratch);
    }

    private static void Shrink(ReadOnlySpan<byte> source, in ResampleKernel columns, Span<byte> target)
    {
        if (Avx2.IsSupported)
        {
            ResampleAvx2.Shrink(source, columns, target);
        }
        else
        {
            ResampleScalar.Shrink(source, columns, target);
        }
    }

    private static void Blend(
        ReadOnlySpan<byte> ring, int stride, int ringRows, in ResampleKernel rows, int y, Span<byte> target, int bytes)
    {
        if (Avx2.IsSupported)
        {
            ResampleAvx2.Blend(ring, stride, ringRows, rows, y, target, bytes);
        }
        else
        {
            ResampleScalar.Blend(ring, stride, ringRows, rows, y, target, bytes);
        }
    }
}
