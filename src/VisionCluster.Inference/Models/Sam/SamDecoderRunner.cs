using System.Numerics.Tensors;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>Runs a mask decoder on a batch of prompts of one shape, of one image or of several.</summary>
internal sealed class SamDecoderRunner : IBatchRunner<SamDecoderInput, SamDecoderOutput>, IDisposable
{
    private readonly ISamDialect _dialect;
    private readonly FeatureMaps _maps;
    private readonly RunLimit _limit;
    private readonly BoundRunPool _runs;

    /// <param name="graph">The decoder.</param>
    /// <param name="dialect">How it is to be addressed.</param>
    /// <param name="maps">Where the images' feature maps come from.</param>
    /// <param name="limit">Longest run.</param>
    public SamDecoderRunner(OnnxGraph graph, ISamDialect dialect, FeatureMaps maps, RunLimit limit)
    {
        _dialect = dialect;
        _maps = maps;
        _limit = limit;
        _runs = new BoundRunPool((batch, key) =>
        {
            var kind = RunKind.Of(key);
            var run = new BoundRun(graph, [dialect.ScoresOutput, dialect.LogitsOutput]);
            dialect.AddInputs(run, batch, kind.Shape, kind.WithMasks);
            maps.AddInputs(run, kind.OneImage ? 1 : batch);
            return run;
        });
    }

    public IStagedBatch<SamDecoderOutput> Stage(IReadOnlyList<SamDecoderInput> inputs)
    {
        var batch = inputs.Count;
        var first = inputs[0].Embedding;
        var kind = new RunKind(
            _dialect.ShapeOf(inputs[0]),
            OneImage: batch == 1 || (_dialect.SharesInputs && inputs.All(input => ReferenceEquals(input.Embedding, first))),
            WithMasks: !_dialect.SharesInputs || inputs.Any(input => input.MaskInput is not null));
        var run = _runs.Rent(batch, kind.Key);
        for (var i = 0; i < batch; i++)
        {
            _dialect.Fill(run, i, inputs[i], kind.WithMasks);
        }

        var lent = _maps.Fill(run, kind.OneImage ? [inputs[0]] : inputs, static prompt => prompt.Embedding.Maps);
        return new BoundBatch<SamDecoderOutput>(_runs, run, batch, kind.Key, _limit, Pick, lent);
    }

    public void Dispose() => _runs.Dispose();

    private ItemOutput<SamDecoderOutput> Pick(BoundRun run, int item)
    {
        var scores = run.Output(_dialect.ScoresOutput).Row(item);
        var logits = run.Output(_dialect.LogitsOutput);
        var own = logits.Row(item);
        return TensorPrimitives.IsFiniteAll<float>(scores) && TensorPrimitives.IsFiniteAll<float>(own)
            ? new(new SamDecoderOutput(own, scores, (int)logits.Shape[^2], (int)logits.Shape[^1]))
            : new(null, new InvalidDataException("The mask decoder's output is not a number for this prompt."));
    }

    /// <summary>What decides the sizes of a run's inputs beside the number of prompts.</summary>
    private readonly record struct RunKind(int Shape, bool OneImage, bool WithMasks)
    {
        public int Key => (Shape << 2) | (OneImage ? 2 : 0) | (WithMasks ? 1 : 0);

        public static RunKind Of(int key) => new(key >> 2, (key & 2) != 0, (key & 1) != 0);
    }
}
