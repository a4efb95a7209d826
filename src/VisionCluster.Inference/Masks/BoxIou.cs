namespace VisionCluster.Inference.Masks;

/// <summary>Intersection over union of boxes x0, y0, x1, y1, as torchvision.ops.box_iou gives it.</summary>
public static class BoxIou
{
    /// <summary>Of two boxes: 0 (apart) to 1 (equal); NaN where both are empty.</summary>
    public static float Of(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float width = Math.Max(0, Math.Min(a[2], b[2]) - Math.Max(a[0], b[0]));
        float height = Math.Max(0, Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]));
        float shared = width * height;
        float both = ((a[2] - a[0]) * (a[3] - a[1])) + ((b[2] - b[0]) * (b[3] - b[1])) - shared;
        return shared / both;
    }

    /// <summary>Of every box of one list with every box of another: rows of <paramref name="second"/>'s length.</summary>
    public static float[] Matrix(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        (int rows, int columns) = (first.Length / 4, second.Length / 4);
        float[] matrix = new float[rows * columns];
        for (int i = 0; i < matrix.Length; i++)
        {
            matrix[i] = Of(first.Slice(4 * (i / columns), 4), second.Slice(4 * (i % columns), 4));
        }

        return matrix;
    }
}
