namespace VisionCluster.Inference.Models.Sam;

/// <summary>Which of the decoder's masks answer a prompt.</summary>
internal static class MaskSelection
{
    /// <summary>Masks of a decoder whose first is the single-mask token.</summary>
    private const int WithSingleMaskToken = 4;

    /// <summary>
    /// Indices of the masks to send: with multimask the three candidates; without, <c>SamPredictor</c>'s choice, the
    /// single-mask token, and where the graph has none the candidate of the highest score.
    /// </summary>
    public static int[] Choose(ReadOnlySpan<float> scores, bool multimask)
    {
        var hasToken = scores.Length == WithSingleMaskToken;
        if (multimask)
        {
            return hasToken ? [1, 2, 3] : Enumerable.Range(0, scores.Length).ToArray();
        }

        return hasToken ? [0] : [System.Numerics.Tensors.TensorPrimitives.IndexOfMax(scores)];
    }
}
