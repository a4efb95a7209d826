namespace VisionCluster.Inference.Masks;

/// <summary>
/// Greedy non-maximum suppression as torchvision.ops.nms does it: a box falls where its intersection over union with
/// a better kept box is greater than the threshold. Boxes are x0, y0, x1, y1, four numbers each.
/// </summary>
public static class BoxNms
{
    /// <summary>Indices of the kept boxes by falling score, ties by index.</summary>
    public static int[] Keep(ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores, float iouThreshold) =>
        Keep(boxes, scores, [], iouThreshold);

    /// <summary>The same, where boxes of different classes never suppress each other.</summary>
    /// <param name="boxes">Four numbers a box.</param>
    /// <param name="scores">One number a box; NaN comes last.</param>
    /// <param name="classes">One number a box, or none at all where all are of one class.</param>
    /// <param name="iouThreshold">Overlap above which the worse box falls.</param>
    public static int[] Keep(
        ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores, ReadOnlySpan<int> classes, float iouThreshold)
    {
        int count = scores.Length;
        if (boxes.Length != 4 * count || (classes.Length != count && classes.Length != 0))
        {
            throw new ArgumentException($"{boxes.Length} box numbers, {scores.Length} scores, {classes.Length} classes.");
        }

        int[] order = Order(scores);
        bool[] suppressed = new bool[count];
        var kept = new List<int>();
        for (int n = 0; n < count; n++)
        {
            int best = order[n];
            if (suppressed[best])
            {
                continue;
            }

            kept.Add(best);
            ReadOnlySpan<float> box = boxes.Slice(4 * best, 4);
            for (int m = n + 1; m < count; m++)
            {
                int other = order[m];
                suppressed[other] |= (classes.Length == 0 || classes[best] == classes[other])
                    && BoxIou.Of(box, boxes.Slice(4 * other, 4)) > iouThreshold;
            }
        }

        return [.. kept];
    }

    private static int[] Order(ReadOnlySpan<float> scores)
    {
        int[] order = new int[scores.Length];
        float[] keys = new float[scores.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            keys[i] = float.IsNaN(scores[i]) ? float.NegativeInfinity : scores[i];
        }

        Array.Sort(order, (a, b) => keys[a] != keys[b] ? keys[b].CompareTo(keys[a]) : a.CompareTo(b));
        return order;
    }
}
