using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Tensors;

/// <summary>Runs what a graph's queue gives: inputs of our own by their runner, callers' tensors as they are.</summary>
/// <param name="runner">For our own.</param>
/// <param name="graph">For tensors.</param>
/// <param name="signature">Null where tensors are not taken.</param>
/// <param name="limit">Longest run.</param>
internal sealed class GraphRunner<TInput, TOutput>(
    IBatchRunner<TInput, TOutput> runner, OnnxGraph graph, GraphSignature? signature, RunLimit limit)
    : IBatchRunner<GraphInput<TInput>, TOutput>
{
    public IStagedBatch<TOutput> Stage(IReadOnlyList<GraphInput<TInput>> inputs)
    {
        var tensors = inputs.Count(input => input.Tensors is not null);
        if (tensors == 0)
        {
            var own = new TInput[inputs.Count];
            for (var i = 0; i < own.Length; i++)
            {
                own[i] = inputs[i].Own!;
            }

            return runner.Stage(own);
        }

        return tensors == inputs.Count
            ? new TensorBatch<TOutput>(graph, signature!, limit, [.. inputs.Select(input => input.Tensors!)])
            : throw new InvalidOperationException("Tensors share no run with inputs of our own.");
    }
}
