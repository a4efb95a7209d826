using System.Numerics.Tensors;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Clip;

/// <summary>Runs a text encoder on a batch of token rows.</summary>
/// <param name="graph">Takes <see cref="TextInputs"/>.</param>
/// <param name="output">Output to keep, <c>[batch, dimension]</c>.</param>
/// <param name="context">Tokens of a row.</param>
/// <param name="limit">Longest run.</param>
/// <param name="addOtherInputs">Binds what the graph wants besides; null for nothing.</param>
internal sealed class TextEncoderRunner(
    OnnxGraph graph, string output, int context, RunLimit limit, Action<BoundRun>? addOtherInputs = null)
    : IBatchRunner<TokenRow, float[]>, IDisposable
{
    private readonly BoundRunPool _runs = new((batch, _) =>
    {
        var run = new BoundRun(graph, [output]);
        TextInputs.Add(run, graph, batch, context);
        addOtherInputs?.Invoke(run);
        return run;
    });

    public IStagedBatch<float[]> Stage(IReadOnlyList<TokenRow> inputs)
    {
        var run = _runs.Rent(inputs.Count);
        for (var i = 0; i < inputs.Count; i++)
        {
            TextInputs.Fill(run, graph, i, inputs[i]);
        }

        return new BoundBatch<float[]>(_runs, run, inputs.Count, 0, limit, Pick);
    }

    public void Dispose() => _runs.Dispose();

    private ItemOutput<float[]> Pick(BoundRun run, int item)
    {
        var row = run.Output(output).Row(item);
        return TensorPrimitives.IsFiniteAll<float>(row)
            ? new(UnitVector.Of(row))
            : new(null, new InvalidDataException("The text encoder's output is not a number for this text."));
    }
}
