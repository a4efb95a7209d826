namespace VisionCluster.Inference.Masks;

/// <summary>A stretch of pixels of one kind in one column.</summary>
/// <param name="X">Column.</param>
/// <param name="Top">First row.</param>
/// <param name="End">One past the last row.</param>
internal readonly record struct ColumnSegment(int X, int Top, int End)
{
    /// <summary>The mask's pixels, or those around it, cut at the columns' ends; by column, then from the top.</summary>
    /// <param name="runs">Column-major runs, beginning with the zeros.</param>
    /// <param name="height">Rows.</param>
    /// <param name="inside">Whether to cut up the mask or what is around it.</param>
    public static ColumnSegment[] Split(ReadOnlySpan<uint> runs, int height, bool inside)
    {
        var segments = new List<ColumnSegment>(runs.Length);
        long position = 0;
        for (var i = 0; i < runs.Length; i++)
        {
            var end = position + runs[i];
            while (((i & 1) != 0) == inside && position < end)
            {
                var (x, top) = ((int)(position / height), (int)(position % height));
                var bottom = (int)Math.Min(height, top + (end - position));
                segments.Add(new ColumnSegment(x, top, bottom));
                position += bottom - top;
            }

            position = end;
        }

        return [.. segments];
    }
}
