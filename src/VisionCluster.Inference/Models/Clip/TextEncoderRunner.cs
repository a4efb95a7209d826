using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime.Tensors;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Clip;

/// <summary>Runs a text encoder on a batch of token rows.</summary>
/// <param name="graph">Takes <c>input_ids</c>, int64 or int32 <c>[batch, context]</c>, and maybe <c>attention_mask</c>.</param>
/// <param name="output">Output to keep, <c>[batch, dimension]</c>.</param>
/// <param name="context">Tokens of a row.</param>
/// <param name="limit">Longest run.</param>
/// <param name="addOtherInputs">Binds what the graph wants besides; null for nothing.</param>
internal sealed class TextEncoderRunner(
    OnnxGraph graph, string output, int context, RunLimit limit, Action<BoundRun>? addOtherInputs = null)
    : IBatchRunner<TokenRow, float[]>, IDisposable
{
    /// <summary>Name of the tokens' input.</summary>
    public const string Ids = "input_ids";

    private const string Mask = "attention_mask";

    private readonly bool _wide = graph.Inputs[Ids].ElementType == TensorElementType.Int64;

    private readonly BoundRunPool _runs = new((batch, _) =>
    {
        var run = new BoundRun(graph, [output]);
        foreach (var name in graph.Inputs.Keys.Where(static name => name is Ids or Mask))
        {
            if (graph.Inputs[name].ElementType == TensorElementType.Int64)
            {
                run.AddInput<long>(name, batch, context);
            }
            else
            {
                run.AddInput<int>(name, batch, context);
            }
        }

        addOtherInputs?.Invoke(run);
        return run;
    });

    public IStagedBatch<float[]> Stage(IReadOnlyList<TokenRow> inputs)
    {
        var run = _runs.Rent(inputs.Count);
        for (var i = 0; i < inputs.Count; i++)
        {
            Fill(run, Ids, i, inputs[i].Ids);
            if (graph.Inputs.ContainsKey(Mask))
            {
                var mask = new long[context];
                mask.AsSpan(0, inputs[i].Length).Fill(1);
                Fill(run, Mask, i, mask);
            }
        }

        return new BoundBatch<float[]>(_runs, run, inputs.Count, 0, limit, Pick);
    }

    public void Dispose() => _runs.Dispose();

    private void Fill(BoundRun run, string name, int item, long[] values)
    {
        if (_wide)
        {
            values.CopyTo(run.Input<long>(name).Row(item));
        }
        else
        {
            TensorPrimitives.ConvertTruncating<long, int>(values, run.Input<int>(name).Row(item));
        }
    }

    private ItemOutput<float[]> Pick(BoundRun run, int item)
    {
        var row = run.Output(output).Row(item);
        return TensorPrimitives.IsFiniteAll<float>(row)
            ? new(UnitVector.Of(row))
            : new(null, new InvalidDataException("The text encoder's output is not a number for this text."));
    }
}
