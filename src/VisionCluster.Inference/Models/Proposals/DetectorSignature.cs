using Microsoft.ML.OnnxRuntime.Tensors;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Proposals;

/// <summary>
/// Where a Faster R-CNN export (the ONNX model zoo's, torchvision's) takes the picture and puts out boxes and scores:
/// told by shape and type, for the zoo's outputs have numbers as names. Its labels are not used.
/// </summary>
/// <param name="Input">The picture, <c>[3, height, width]</c> or <c>[1, 3, height, width]</c>.</param>
/// <param name="HasBatch">Whether it has the dimension of a batch.</param>
/// <param name="Boxes">float32 <c>[boxes, 4]</c>.</param>
/// <param name="Scores">float32 <c>[boxes]</c>.</param>
internal sealed record DetectorSignature(string Input, bool HasBatch, string Boxes, string Scores)
{
    /// <exception cref="VisionException"><c>ModelUnavailable</c>: the graph has another signature.</exception>
    public static DetectorSignature Of(OnnxGraph graph, string model)
    {
        var input = graph.Inputs.Count == 1 ? graph.Inputs.Values.First() : null;
        var floats = graph.Outputs.Values.Where(output => output.ElementType == TensorElementType.Float).ToArray();
        var boxes = Array.Find(floats, output => output.Dimensions.Count == 2);
        var scores = Array.Find(floats, output => output.Dimensions.Count == 1);
        return input is { Dimensions.Count: 3 or 4 } && boxes is not null && scores is not null
            ? new DetectorSignature(input.Name, input.Dimensions.Count == 4, boxes.Name, scores.Name)
            : throw new VisionException(
                VisionErrorCode.ModelUnavailable,
                $"The detector of '{model}' needs one picture in, and float boxes [n, 4] and scores [n] out.");
    }
}
