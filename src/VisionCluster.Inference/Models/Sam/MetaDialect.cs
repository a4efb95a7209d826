using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>
/// The signature of <c>scripts/export_onnx_model.py</c> in github.com/facebookresearch/segment-anything, whose batch is
/// fixed to one, and of our own export, which frees it.
/// </summary>
internal sealed class MetaDialect(OnnxGraph graph) : ISamDialect
{
    private readonly int[] _mask = [.. graph.Inputs["mask_input"].Dimensions];

    public string ScoresOutput => "iou_predictions";

    public string LogitsOutput => "low_res_masks";

    public bool TakesBoxesAndMasks => true;

    public (int Height, int Width) MaskInput => (_mask[2], _mask[3]);

    public bool NeedsPaddingPoint => true;

    public bool Batches => graph.Inputs["image_embeddings"].HasDynamicBatch;

    /// <summary>Whether a graph has this signature.</summary>
    public static bool Fits(OnnxGraph graph) =>
        graph.Inputs.ContainsKey("point_coords") && graph.Inputs.ContainsKey("mask_input")
        && graph.Inputs.ContainsKey("has_mask_input") && graph.Outputs.ContainsKey("low_res_masks");

    public void AddInputs(BoundRun run, int batch, int points)
    {
        run.AddInput<float>("point_coords", batch, points, 2);
        run.AddInput<float>("point_labels", batch, points);
        run.AddInput<float>("mask_input", batch, 1, _mask[2], _mask[3]);
        run.AddInput<float>("has_mask_input", batch);
        if (graph.Inputs.ContainsKey("orig_im_size"))
        {
            // Only the full-size masks depend on it, and those are never fetched: the smallest size costs least.
            run.AddInput<float>("orig_im_size", 2).Data.AsSpan().Fill(_mask[2]);
        }
    }

    public void Fill(BoundRun run, int item, SamDecoderInput prompt)
    {
        prompt.Coordinates.CopyTo(run.Input<float>("point_coords").Row(item));
        prompt.Labels.CopyTo(run.Input<float>("point_labels").Row(item));
        run.Input<float>("has_mask_input").Data[item] = prompt.MaskInput is null ? 0 : 1;
        var mask = run.Input<float>("mask_input").Row(item);
        if (prompt.MaskInput is { } logits)
        {
            logits.AsSpan(0, mask.Length).CopyTo(mask);
        }
        else
        {
            mask.Clear();
        }
    }
}
