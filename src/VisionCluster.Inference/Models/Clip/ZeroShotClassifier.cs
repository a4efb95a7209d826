using System.Numerics.Tensors;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Inference.Embeddings;

namespace VisionCluster.Inference.Models.Clip;

/// <summary>Ranks labels for an image by the cosine of their embeddings (CLIP, section 3.1.2).</summary>
internal static class ZeroShotClassifier
{
    /// <summary>The best labels, best first; equal scores keep their order.</summary>
    /// <param name="image">Embedding of length 1.</param>
    /// <param name="labels">A row for each label.</param>
    /// <param name="names">Their names.</param>
    /// <param name="mode">How similarities become scores.</param>
    /// <param name="logitScale">What cosines are multiplied with.</param>
    /// <param name="topK">How many to send.</param>
    public static IReadOnlyList<ScoredLabel> Rank(
        ReadOnlySpan<float> image,
        LabelEmbeddings labels,
        IReadOnlyList<string> names,
        ScoreMode mode,
        float logitScale,
        int topK)
    {
        var similarities = Similarities(image, labels);
        var scores = Scores(similarities, mode, logitScale);
        var best = new NearestRows(topK);
        for (var i = 0; i < scores.Length; i++)
        {
            best.Offer(i, scores[i]);
        }

        return
        [
            .. best.Rows.OrderByDescending(row => row.Score).ThenBy(row => row.Row)
                .Select(row => new ScoredLabel(names[row.Row], row.Row, row.Score, similarities[row.Row])),
        ];
    }

    /// <summary>Cosine of an image and each label.</summary>
    public static float[] Similarities(ReadOnlySpan<float> image, LabelEmbeddings labels)
    {
        var similarities = new float[labels.Count];
        for (var i = 0; i < similarities.Length; i++)
        {
            similarities[i] = TensorPrimitives.Dot(image, labels.Row(i));
        }

        return similarities;
    }

    private static float[] Scores(float[] similarities, ScoreMode mode, float logitScale)
    {
        var scores = (float[])similarities.Clone();
        if (mode != ScoreMode.Cosine)
        {
            TensorPrimitives.Multiply(scores, logitScale, scores);
        }

        if (mode == ScoreMode.Softmax)
        {
            // Taking the greatest away first keeps large logits from overflowing.
            TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), scores);
            TensorPrimitives.SoftMax<float>(scores, scores);
        }
        else if (mode == ScoreMode.Sigmoid)
        {
            TensorPrimitives.Sigmoid<float>(scores, scores);
        }

        return scores;
    }
}
