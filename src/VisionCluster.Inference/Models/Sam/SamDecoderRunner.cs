using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>Runs a mask decoder on a batch of prompts with equally many points, of one image or of several.</summary>
internal sealed class SamDecoderRunner : IBatchRunner<SamDecoderInput, SamDecoderOutput>, IDisposable
{
    private const string Embeddings = "image_embeddings";

    private readonly ISamDialect _dialect;
    private readonly RunLimit _limit;
    private readonly BoundRunPool _runs;

    /// <param name="graph">The decoder.</param>
    /// <param name="dialect">How it is to be addressed.</param>
    /// <param name="embeddingShape">Shape of an image's embedding, with 1 as the batch.</param>
    /// <param name="limit">Longest run.</param>
    /// <param name="precision">How embeddings are kept.</param>
    public SamDecoderRunner(
        OnnxGraph graph,
        ISamDialect dialect,
        long[] embeddingShape,
        RunLimit limit,
        EmbeddingPrecision precision = EmbeddingPrecision.Full)
    {
        _dialect = dialect;
        _limit = limit;
        _runs = new BoundRunPool((batch, points) =>
        {
            var run = new BoundRun(graph, [dialect.ScoresOutput, dialect.LogitsOutput]);
            dialect.AddInputs(run, batch, points);
            if (batch > 1 || precision == EmbeddingPrecision.Half)
            {
                run.AddInput<float>(Embeddings, [batch, .. embeddingShape.AsSpan(1)]);
            }

            return run;
        });
    }

    public IStagedBatch<SamDecoderOutput> Stage(IReadOnlyList<SamDecoderInput> inputs)
    {
        var batch = inputs.Count;
        var points = inputs[0].Labels.Length;
        var run = _runs.Rent(batch, points);
        for (var i = 0; i < batch; i++)
        {
            _dialect.Fill(run, i, inputs[i]);
        }

        var borrowed = batch == 1 && inputs[0].Embedding.Features.Floats is { } values
            ? Lend(run, values, inputs[0].Embedding.Shape)
            : Gather(run, inputs);
        return new BoundBatch<SamDecoderOutput>(_runs, run, batch, points, _limit, Pick, borrowed);
    }

    public void Dispose() => _runs.Dispose();

    /// <summary>A lone prompt reads the embedding where it lies.</summary>
    private static OrtValue Lend(BoundRun run, float[] values, long[] shape)
    {
        var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values.AsMemory(), shape);
        run.Borrow(Embeddings, value);
        return value;
    }

    private static OrtValue? Gather(BoundRun run, IReadOnlyList<SamDecoderInput> inputs)
    {
        var buffer = run.Input<float>(Embeddings);
        for (var i = 0; i < inputs.Count; i++)
        {
            inputs[i].Embedding.Features.CopyTo(buffer.Row(i));
        }

        return null;
    }

    private ItemOutput<SamDecoderOutput> Pick(BoundRun run, int item)
    {
        var scores = run.Output(_dialect.ScoresOutput).Row(item);
        var logits = run.Output(_dialect.LogitsOutput);
        var own = logits.Row(item);
        return TensorPrimitives.IsFiniteAll<float>(scores) && TensorPrimitives.IsFiniteAll<float>(own)
            ? new(new SamDecoderOutput(own, scores, (int)logits.Shape[^2], (int)logits.Shape[^1]))
            : new(null, new InvalidDataException("The mask decoder's output is not a number for this prompt."));
    }
}
