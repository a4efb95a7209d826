using Microsoft.ML.OnnxRuntime;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Proposals;

/// <summary>
/// Runs a detector on one picture of any size; how many boxes come out is known afterwards, so that each run has outputs
/// of its own.
/// </summary>
/// <param name="graph">The detector.</param>
/// <param name="signature">Names of its input and outputs.</param>
/// <param name="limit">Longest run.</param>
internal sealed class ProposalRunner(OnnxGraph graph, DetectorSignature signature, RunLimit limit)
    : IBatchRunner<DetectorInput, DetectorOutput>
{
    public IStagedBatch<DetectorOutput> Stage(IReadOnlyList<DetectorInput> inputs) => new Staged(this, inputs.Single());

    private DetectorOutput Run(DetectorInput input)
    {
        long[] shape = signature.HasBatch ? [1, 3, input.Height, input.Width] : [3, input.Height, input.Width];
        using var picture = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input.Values, shape);
        using var binding = graph.CreateBinding();
        binding.BindInput(signature.Input, picture);
        binding.BindOutputToDevice(signature.Boxes, OrtMemoryInfo.DefaultInstance);
        binding.BindOutputToDevice(signature.Scores, OrtMemoryInfo.DefaultInstance);
        graph.Run(binding, limit.Longest, limit.Time);
        using var outputs = binding.GetOutputValues();
        return new DetectorOutput(
            outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[1].GetTensorDataAsSpan<float>().ToArray());
    }

    private sealed class Staged(ProposalRunner runner, DetectorInput input) : IStagedBatch<DetectorOutput>
    {
        public void Run(Span<ItemOutput<DetectorOutput>> outputs)
        {
            var output = runner.Run(input);
            outputs[0] = output.Boxes.Length == 4 * output.Scores.Length
                ? new(output)
                : new(null, new InvalidDataException("The detector's boxes and scores are not equally many."));
        }

        public void Dispose()
        {
        }
    }
}
