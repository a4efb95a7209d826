using System.Numerics.Tensors;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Embeddings;

namespace VisionCluster.Inference.Models.Regions;

/// <summary>
/// Labels boxes as <c>FastRCNNOutputLayers</c> of github.com/microsoft/RegionCLIP does: softmax over labels and
/// background at a temperature, fusion with objectness, a threshold, suppression label by label, the best first.
/// </summary>
internal static class RegionScorer
{
    /// <param name="boxes">Boxes, clipped to the image.</param>
    /// <param name="embeddings">An embedding of length 1 for each.</param>
    /// <param name="objectness">A logit for each, or null for a caller's boxes, whose score is the probability alone.</param>
    /// <param name="labels">A row for each label.</param>
    /// <param name="scoring">The numbers of the request.</param>
    public static List<ScoredBox> Score(
        IReadOnlyList<PixelBox> boxes,
        IReadOnlyList<float[]> embeddings,
        IReadOnlyList<float>? objectness,
        LabelEmbeddings labels,
        RegionScoring scoring)
    {
        var candidates = new List<ScoredBox>();
        var logits = new float[labels.Count + (scoring.Background ? 1 : 0)];
        for (var i = 0; i < boxes.Count; i++)
        {
            Probabilities(embeddings[i], labels, scoring.Temperature, logits);
            for (var label = 0; label < labels.Count; label++)
            {
                var score = Fuse(logits[label], objectness?[i], scoring.Fusion);
                // A negative raw logit makes NaN, which no comparison lets through.
                if (score > scoring.ScoreThreshold)
                {
                    candidates.Add(new ScoredBox(boxes[i], label, score, logits[label], objectness?[i], i));
                }
            }
        }

        return BoxSuppression.Run(candidates, scoring);
    }

    private static void Probabilities(float[] embedding, LabelEmbeddings labels, float temperature, float[] logits)
    {
        for (var label = 0; label < labels.Count; label++)
        {
            logits[label] = TensorPrimitives.Dot(embedding, labels.Row(label)) / temperature;
        }

        if (logits.Length > labels.Count)
        {
            logits[^1] = 0;
        }

        TensorPrimitives.Subtract(logits, TensorPrimitives.Max<float>(logits), logits);
        TensorPrimitives.SoftMax<float>(logits, logits);
    }

    private static float Fuse(float probability, float? objectness, ScoreFusion fusion) => (objectness, fusion) switch
    {
        (null, _) or (_, ScoreFusion.None) => probability,
        ({ } logit, ScoreFusion.Raw) => MathF.Sqrt(probability * logit),
        ({ } logit, _) => MathF.Sqrt(probability / (1 + MathF.Exp(-logit))),
    };
}
