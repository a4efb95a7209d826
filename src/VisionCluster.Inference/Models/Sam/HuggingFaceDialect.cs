using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>
/// The signature of Hugging Face's export (<c>prompt_encoder_mask_decoder.onnx</c>, as transformers.js loads it): points
/// only, and a positional encoding that the image encoder puts out and that is the same for every image.
/// </summary>
internal sealed class HuggingFaceDialect(OnnxGraph graph, float[] positional, long[] positionalShape) : ISamDialect
{
    /// <summary>Name of the positional encoding on both graphs.</summary>
    public const string Positional = "image_positional_embeddings";

    public string ScoresOutput => "iou_scores";

    public string LogitsOutput => "pred_masks";

    public bool TakesBoxes => false;

    public (int Height, int Width)? MaskInput => null;

    public bool NeedsPaddingPoint => false;

    public bool Batches => graph.Inputs["input_points"].HasDynamicBatch && graph.Inputs["image_embeddings"].HasDynamicBatch;

    /// <summary>Whether a graph has this signature.</summary>
    public static bool Fits(OnnxGraph graph) =>
        graph.Inputs.ContainsKey("input_points") && graph.Inputs.ContainsKey("input_labels")
        && graph.Inputs.ContainsKey(Positional) && graph.Outputs.ContainsKey("pred_masks");

    public void AddInputs(BoundRun run, int batch, int shape, bool withMasks)
    {
        run.AddInput<float>("input_points", batch, 1, shape, 2);
        run.AddInput<long>("input_labels", batch, 1, shape);
        var encoding = run.AddInput<float>(Positional, [batch, .. positionalShape.AsSpan(1)]);
        for (var i = 0; i < batch; i++)
        {
            positional.CopyTo(encoding.Row(i));
        }
    }

    public void Fill(BoundRun run, int item, SamDecoderInput prompt, bool withMasks)
    {
        prompt.Coordinates.CopyTo(run.Input<float>("input_points").Row(item));
        var labels = run.Input<long>("input_labels").Row(item);
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = (long)prompt.Labels[i];
        }
    }
}
