using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>
/// The signature of SAM 2's images in Hugging Face's export (such as onnx-community/sam2.1-hiera-tiny-ONNX): points, and
/// boxes as an input of their own, either of which may be empty; no earlier mask.
/// </summary>
internal sealed class HuggingFaceSam2Dialect(OnnxGraph graph, string map) : ISamDialect
{
    private const string Points = "input_points";
    private const string Labels = "input_labels";
    private const string Boxes = "input_boxes";
    private const int Corner = 2;

    public string ScoresOutput => "iou_scores";

    public string LogitsOutput => "pred_masks";

    public bool TakesBoxes => true;

    public (int Height, int Width)? MaskInput => null;

    public bool NeedsPaddingPoint => false;

    public bool Batches => graph.Inputs[map].HasDynamicBatch && graph.Inputs[Points].HasDynamicBatch;

    /// <summary>Whether a graph has this signature.</summary>
    public static bool Fits(OnnxGraph graph) =>
        graph.Inputs.ContainsKey(Points) && graph.Inputs.ContainsKey(Labels) && graph.Inputs.ContainsKey(Boxes)
        && graph.Outputs.ContainsKey("pred_masks") && graph.Outputs.ContainsKey("iou_scores");

    /// <summary>Points, and whether there is a box: both decide the inputs' sizes.</summary>
    public int ShapeOf(SamDecoderInput prompt) => (PointsOf(prompt) << 1) | (HasBox(prompt) ? 1 : 0);

    public void AddInputs(BoundRun run, int batch, int shape, bool withMasks)
    {
        run.AddInput<float>(Points, batch, 1, shape >> 1, 2);
        run.AddInput<long>(Labels, batch, 1, shape >> 1);
        run.AddInput<float>(Boxes, batch, shape & 1, 4);
    }

    public void Fill(BoundRun run, int item, SamDecoderInput prompt, bool withMasks)
    {
        var points = PointsOf(prompt);
        prompt.Coordinates.AsSpan(0, points * 2).CopyTo(run.Input<float>(Points).Row(item));
        prompt.Coordinates.AsSpan(points * 2).CopyTo(run.Input<float>(Boxes).Row(item));
        var labels = run.Input<long>(Labels).Row(item);
        for (var i = 0; i < points; i++)
        {
            labels[i] = (long)prompt.Labels[i];
        }
    }

    private static int PointsOf(SamDecoderInput prompt) => prompt.Labels.Length - (HasBox(prompt) ? 2 : 0);

    /// <summary>A box's corners are the last two points.</summary>
    private static bool HasBox(SamDecoderInput prompt) => prompt.Labels.Length >= 2 && (int)prompt.Labels[^2] == Corner;
}
