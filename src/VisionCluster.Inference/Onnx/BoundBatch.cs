using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Onnx;

/// <summary>A staged batch of one graph: runs it, reads each item's outputs, and gives the buffers back.</summary>
/// <param name="pool">Where the buffers are from.</param>
/// <param name="run">The buffers, inputs filled in.</param>
/// <param name="batch">Items.</param>
/// <param name="shape">The items' shape.</param>
/// <param name="limit">Longest run and its clock.</param>
/// <param name="pick">Reads the outputs of one item.</param>
/// <param name="borrowed">What the run reads besides the buffers; disposed afterwards.</param>
internal sealed class BoundBatch<TOutput>(
    BoundRunPool pool,
    BoundRun run,
    int batch,
    int shape,
    RunLimit limit,
    Func<BoundRun, int, ItemOutput<TOutput>> pick,
    IDisposable? borrowed = null) : IStagedBatch<TOutput>
{
    private bool _failed;

    public void Run(Span<ItemOutput<TOutput>> outputs)
    {
        _failed = true;
        run.Run(limit.Longest, limit.Time);
        _failed = false;
        for (var i = 0; i < batch; i++)
        {
            outputs[i] = pick(run, i);
        }
    }

    public void Dispose()
    {
        borrowed?.Dispose();
        if (_failed)
        {
            // A run that failed may have left its bindings in any state.
            run.Dispose();
        }
        else
        {
            pool.Return(run, batch, shape);
        }
    }
}
