using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models;

/// <summary>
/// Runs an image encoder that takes one picture as it is, <c>[height, width, 3]</c>, RGB from 0 to 255, and normalises
/// and pads by itself, such as the export of MobileSAM (huggingface.co/Acly/MobileSAM).
/// </summary>
/// <param name="graph">The encoder.</param>
/// <param name="input">Name of its input.</param>
/// <param name="outputs">Outputs to keep.</param>
/// <param name="limit">Longest run.</param>
internal sealed class HwcEncoderRunner(OnnxGraph graph, string input, IReadOnlyList<string> outputs, RunLimit limit)
    : IEncoderRunner
{
    private const int Channels = 3;
    private const int WidthBits = 16;

    private readonly BoundRunPool _runs = new((_, shape) =>
    {
        var run = new BoundRun(graph, outputs);
        run.AddInput<float>(input, shape >> WidthBits, shape & ((1 << WidthBits) - 1), Channels);
        return run;
    });

    public ResidentOutputs? Resident { get; set; }

    /// <summary>Whether a graph takes pictures in this form.</summary>
    public static bool Fits(GraphTensor input) => input.Dimensions is [_, _, Channels];

    public IStagedBatch<EncodedImage> Stage(IReadOnlyList<PixelTensor> inputs)
    {
        var picture = inputs[0];
        var shape = (picture.Height << WidthBits) | picture.Width;
        var run = _runs.Rent(1, shape);
        picture.Values[..(Channels * picture.Height * picture.Width)].CopyTo(run.Input<float>(input).Data);
        return ImageEncoderRunner.Finish(_runs, run, 1, shape, limit, outputs, Resident);
    }

    public void Dispose() => _runs.Dispose();
}
