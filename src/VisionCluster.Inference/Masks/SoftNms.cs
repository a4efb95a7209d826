namespace VisionCluster.Inference.Masks;

/// <summary>
/// Soft non-maximum suppression (Bodla and others, arXiv 1704.04503), Gaussian: a box that overlaps a better one is not
/// dropped; its score falls with the overlap. Boxes are x0, y0, x1, y1, four numbers each.
/// </summary>
public static class SoftNms
{
    /// <summary>Indices and lowered scores of what stays, by falling lowered score, ties by index.</summary>
    /// <param name="boxes">Four numbers a box.</param>
    /// <param name="scores">One number a box.</param>
    /// <param name="sigma">Greater than 0; at an overlap of its square root a score falls to 37 %.</param>
    /// <param name="leastScore">Boxes of this lowered score or less are dropped.</param>
    public static (int Index, float Score)[] Keep(
        ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores, float sigma, float leastScore)
    {
        if (boxes.Length != 4 * scores.Length)
        {
            throw new ArgumentException($"{boxes.Length} box numbers, {scores.Length} scores.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        var lowered = scores.ToArray();
        var left = Enumerable.Range(0, scores.Length).Where(i => !float.IsNaN(lowered[i])).ToList();
        var kept = new List<(int Index, float Score)>();
        while (left.Count > 0)
        {
            var best = 0;
            for (var i = 1; i < left.Count; i++)
            {
                best = lowered[left[i]] > lowered[left[best]] ? i : best;
            }

            var index = left[best];
            left.RemoveAt(best);
            if (!(lowered[index] > leastScore))
            {
                break;
            }

            kept.Add((index, lowered[index]));
            foreach (var other in left)
            {
                var overlap = BoxIou.Of(boxes.Slice(4 * index, 4), boxes.Slice(4 * other, 4));
                lowered[other] *= float.IsNaN(overlap) ? 1 : MathF.Exp(-(overlap * overlap) / sigma);
            }
        }

        return [.. kept];
    }
}
