namespace VisionCluster.Inference.Masks;

/// <summary>Connected pieces of a mask, found on its columns' segments without a picture of it.</summary>
internal static class MaskComponents
{
    /// <summary>For each segment the index of its piece's first segment.</summary>
    /// <param name="segments">By column, then from the top.</param>
    /// <param name="diagonal">Whether pixels that touch at a corner are connected (8-connected) or not (4-connected).</param>
    public static int[] Label(ReadOnlySpan<ColumnSegment> segments, bool diagonal)
    {
        var reach = diagonal ? 1 : 0;
        var parents = new int[segments.Length];
        var left = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            parents[i] = i;
            var own = segments[i];
            while (IsPassed(segments[left], own, reach))
            {
                left++;
            }

            for (var j = left; segments[j].X == own.X - 1 && segments[j].Top < own.End + reach; j++)
            {
                Join(parents, i, j);
            }
        }

        for (var i = 0; i < parents.Length; i++)
        {
            parents[i] = parents[parents[i]];
        }

        return parents;
    }

    private static bool IsPassed(ColumnSegment before, ColumnSegment own, int reach) =>
        before.X < own.X - 1 || (before.X == own.X - 1 && before.End + reach <= own.Top);

    private static void Join(int[] parents, int a, int b)
    {
        (a, b) = (Root(parents, a), Root(parents, b));
        // The lower index is the root, so that one pass in order flattens all.
        parents[Math.Max(a, b)] = Math.Min(a, b);
    }

    private static int Root(int[] parents, int i)
    {
        while (parents[i] != i)
        {
            parents[i] = parents[parents[i]];
            i = parents[i];
        }

        return i;
    }
}
