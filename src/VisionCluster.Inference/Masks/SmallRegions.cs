namespace VisionCluster.Inference.Masks;

/// <summary>
/// Fills small holes and drops small islands as segment-anything's remove_small_regions does: pieces are 8-connected,
/// small is less than the area.
/// </summary>
public static class SmallRegions
{
    /// <summary>Holes become part of the mask.</summary>
    /// <returns>New runs, or the same where there is no small hole.</returns>
    public static uint[] FillHoles(uint[] runs, int height, double minArea)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var segments = ColumnSegment.Split(runs, height, inside: false);
        var areas = Areas(segments, out var labels);
        if (!HasSmall(areas, labels, minArea))
        {
            return runs;
        }

        var writer = new RunWriter();
        long position = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            if (areas[labels[i]] >= minArea)
            {
                Write(ref writer, segments[i], height, inside: false, ref position);
            }
        }

        writer.Add(true, (int)(Length(runs) - position));
        return writer.ToArray();
    }

    /// <summary>Islands go; where all are small the largest stays.</summary>
    /// <returns>New runs, or the same where there is no small island.</returns>
    public static uint[] DropIslands(uint[] runs, int height, double minArea)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var segments = ColumnSegment.Split(runs, height, inside: true);
        var areas = Areas(segments, out var labels);
        if (!HasSmall(areas, labels, minArea))
        {
            return runs;
        }

        var largest = areas.AsSpan().IndexOf(areas.Max());
        var allSmall = areas[largest] < minArea;
        var writer = new RunWriter();
        long position = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            if (allSmall ? labels[i] == largest : areas[labels[i]] >= minArea)
            {
                Write(ref writer, segments[i], height, inside: true, ref position);
            }
        }

        writer.Add(false, (int)(Length(runs) - position));
        return writer.ToArray();
    }

    private static long[] Areas(ColumnSegment[] segments, out int[] labels)
    {
        labels = MaskComponents.Label(segments, diagonal: true);
        var areas = new long[segments.Length];
        for (var i = 0; i < segments.Length; i++)
        {
            areas[labels[i]] += segments[i].End - segments[i].Top;
        }

        return areas;
    }

    private static bool HasSmall(long[] areas, int[] labels, double minArea)
    {
        foreach (var label in labels)
        {
            if (areas[label] < minArea)
            {
                return true;
            }
        }

        return false;
    }

    private static void Write(ref RunWriter writer, ColumnSegment segment, int height, bool inside, ref long position)
    {
        var start = ((long)segment.X * height) + segment.Top;
        writer.Add(!inside, (int)(start - position));
        writer.Add(inside, segment.End - segment.Top);
        position = start + segment.End - segment.Top;
    }

    private static long Length(ReadOnlySpan<uint> runs)
    {
        long length = 0;
        foreach (var run in runs)
        {
            length += run;
        }

        return length;
    }
}
