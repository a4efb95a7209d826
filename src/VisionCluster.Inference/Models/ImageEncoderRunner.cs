using System.Numerics.Tensors;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models;

/// <summary>Runs an image encoder on a batch of prepared pictures.</summary>
/// <param name="graph">The encoder: one picture input, float32 <c>[batch, 3, size, size]</c>.</param>
/// <param name="input">Name of that input.</param>
/// <param name="outputs">Outputs to keep.</param>
/// <param name="size">Side of a picture.</param>
/// <param name="limit">Longest run.</param>
/// <param name="addOtherInputs">Binds what the graph wants besides pictures; null for nothing.</param>
internal sealed class ImageEncoderRunner(
    OnnxGraph graph,
    string input,
    IReadOnlyList<string> outputs,
    int size,
    RunLimit limit,
    Action<BoundRun>? addOtherInputs = null)
    : IEncoderRunner
{
    private readonly BoundRunPool _runs = new((batch, _) =>
    {
        var run = new BoundRun(graph, outputs);
        run.AddInput<float>(input, batch, 3, size, size);
        addOtherInputs?.Invoke(run);
        return run;
    });

    public ResidentOutputs? Resident { get; set; }

    public IStagedBatch<EncodedImage> Stage(IReadOnlyList<PixelTensor> inputs)
    {
        var batch = inputs.Count;
        var run = _runs.Rent(batch);
        var pixels = run.Input<float>(input);
        for (var i = 0; i < batch; i++)
        {
            inputs[i].Values.CopyTo(pixels.Row(i));
        }

        return Finish(_runs, run, batch, 0, limit, outputs, Resident);
    }

    /// <summary>A batch whose inputs are staged.</summary>
    public static BoundBatch<EncodedImage> Finish(
        BoundRunPool pool, BoundRun run, int batch, int shape, RunLimit limit, IReadOnlyList<string> outputs, ResidentOutputs? resident)
    {
        if (resident is null)
        {
            return new(pool, run, batch, shape, limit, (done, item) => Pick(done, outputs, batch, item));
        }

        ResidentBatch kept;
        try
        {
            kept = resident.Bind(run, batch);
        }
        catch
        {
            run.Dispose();
            throw;
        }

        return new(pool, run, batch, shape, limit, kept.Pick, kept);
    }

    public void Dispose() => _runs.Dispose();

    /// <summary>One picture's outputs of a run.</summary>
    public static ItemOutput<EncodedImage> Pick(BoundRun run, IReadOnlyList<string> outputs, int batch, int item)
    {
        var values = new float[outputs.Count][];
        var shapes = new long[outputs.Count][];
        for (var i = 0; i < outputs.Count; i++)
        {
            var buffer = run.Output(outputs[i]);
            // An output without the batch's dimension is the same for every item, such as a positional encoding.
            var own = buffer.Shape[0] == batch ? buffer.Row(item) : buffer.Data;
            if (!TensorPrimitives.IsFiniteAll<float>(own))
            {
                return new(null, new InvalidDataException($"Output '{outputs[i]}' is not a number for this picture."));
            }

            values[i] = own.ToArray();
            shapes[i] = [1, .. buffer.Shape.AsSpan(1)];
        }

        return new(new EncodedImage(values, shapes));
    }
}
