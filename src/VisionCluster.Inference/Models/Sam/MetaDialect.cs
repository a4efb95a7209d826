using Microsoft.ML.OnnxRuntime.Tensors;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>
/// The signature of <c>scripts/export_onnx_model.py</c> in github.com/facebookresearch/segment-anything, whose batch is
/// fixed to one, of exports of SAM 2 after the same names, and of our own export, which frees the batch.
/// </summary>
/// <param name="graph">The decoder.</param>
/// <param name="map">Name of its coarsest feature map.</param>
internal sealed class MetaDialect(OnnxGraph graph, string map) : ISamDialect
{
    private const string LowResolution = "low_res_masks";
    private const string FullSize = "masks";
    private const string OriginalSize = "orig_im_size";

    // What our export calls the first dimensions that are one or as many as there are prompts.
    private const string Images = "images";
    private const string Masks = "masks";

    private readonly int[] _mask = [.. graph.Inputs["mask_input"].Dimensions];

    public string ScoresOutput => "iou_predictions";

    public string LogitsOutput { get; } = graph.Outputs.ContainsKey(LowResolution) ? LowResolution : FullSize;

    public bool TakesBoxes => true;

    public (int Height, int Width)? MaskInput => (_mask[2], _mask[3]);

    public bool NeedsPaddingPoint => true;

    public bool SharesInputs { get; } =
        graph.Inputs[map].BatchName == Images && graph.Inputs["mask_input"].BatchName == Masks
        && graph.Inputs["has_mask_input"].BatchName == Masks;

    public bool Batches => graph.Inputs[map].HasDynamicBatch;

    /// <summary>Whether a graph has this signature; masks that are not told a size are low-resolution ones.</summary>
    public static bool Fits(OnnxGraph graph) =>
        graph.Inputs.ContainsKey("point_coords") && graph.Inputs.ContainsKey("mask_input")
        && graph.Inputs.ContainsKey("has_mask_input") && graph.Outputs.ContainsKey("iou_predictions")
        && (graph.Outputs.ContainsKey(LowResolution)
            || (graph.Outputs.ContainsKey(FullSize) && !graph.Inputs.ContainsKey(OriginalSize)));

    public void AddInputs(BoundRun run, int batch, int shape, bool withMasks)
    {
        run.AddInput<float>("point_coords", batch, shape, 2);
        run.AddInput<float>("point_labels", batch, shape);
        var masks = withMasks ? batch : 1;
        run.AddInput<float>("mask_input", masks, 1, _mask[2], _mask[3]).Data.Clear();
        run.AddInput<float>("has_mask_input", masks).Data.Clear();
        if (graph.Inputs.TryGetValue(OriginalSize, out var size))
        {
            AddOriginalSize(run, size.ElementType);
        }
    }

    public void Fill(BoundRun run, int item, SamDecoderInput prompt, bool withMasks)
    {
        prompt.Coordinates.CopyTo(run.Input<float>("point_coords").Row(item));
        prompt.Labels.CopyTo(run.Input<float>("point_labels").Row(item));
        if (!withMasks)
        {
            return;
        }

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

    /// <summary>Only the full-size masks depend on it, and those are never fetched: the smallest size costs least.</summary>
    private void AddOriginalSize(BoundRun run, TensorElementType type)
    {
        switch (type)
        {
            case TensorElementType.Int32:
                run.AddInput<int>(OriginalSize, 2).Data.Fill(_mask[2]);
                break;
            case TensorElementType.Int64:
                run.AddInput<long>(OriginalSize, 2).Data.Fill(_mask[2]);
                break;
            default:
                run.AddInput<float>(OriginalSize, 2).Data.Fill(_mask[2]);
                break;
        }
    }
}
