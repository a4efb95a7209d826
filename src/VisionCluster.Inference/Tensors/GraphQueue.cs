using VisionCluster.Contracts.Tensors;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Tensors;

/// <summary>
/// The one queue of a graph, for what our pipelines make and for callers' own tensors alike: the same fairness, lanes,
/// deadlines and bounds.
/// </summary>
internal sealed class GraphQueue<TInput, TOutput> : ITensorGraph, IAsyncDisposable
{
    private readonly BatchExecutor<GraphInput<TInput>, TOutput> _executor;
    private readonly GraphSignature? _signature;
    private readonly int _window;
    private readonly double _unit;

    /// <param name="name">Model and role, such as <c>starter-sam/maskDecoder</c>, for threads, metrics and spans.</param>
    /// <param name="graph">What runs.</param>
    /// <param name="runner">Runs what pipelines make.</param>
    /// <param name="options">How batches form.</param>
    /// <param name="environment">What the device's queues share.</param>
    /// <param name="unit">Bytes of tensors that cost the device as much as one item; larger ones cost more.</param>
    public GraphQueue(
        string name,
        OnnxGraph graph,
        IBatchRunner<TInput, TOutput> runner,
        BatchingOptions options,
        BatchingEnvironment environment,
        double unit)
    {
        Role = name[(name.LastIndexOf('/') + 1)..];
        _signature = GraphSignature.Of(graph);
        _window = options.MaxBatchSize * 4;
        _unit = unit;
        var limit = new RunLimit(TimeSpan.FromSeconds(options.RunLimitSeconds), environment.Time);
        _executor = new(name, new GraphRunner<TInput, TOutput>(runner, graph, _signature, limit), options, environment);
    }

    public string Role { get; }

    public GraphSignature Signature => _signature!;

    /// <summary>Whether callers may run it on tensors of their own.</summary>
    public bool TakesTensors => _signature is not null;

    public int Queued => _executor.Queued;

    public double QueueSeconds => _executor.QueueSeconds;

    public double BusyFraction => _executor.BusyFraction;

    public long Completed => _executor.Completed;

    /// <summary>Queues an item of a call and awaits its run.</summary>
    public Task<TOutput> RunAsync(InferenceCall call, TInput input, double cost, int shape, CancellationToken cancellationToken) =>
        call.RunAsync(_executor, new GraphInput<TInput>(input), cost, shape, cancellationToken);

    public async Task<IReadOnlyList<Tensor>> RunAsync(InferRequest request, InferenceCall call)
    {
        var inputs = Signature.Check(request);
        var rows = Signature.IsBatched ? (int)inputs[0].Shape[0] : 1;
        var outputs = new TensorOutputs(Signature.Wanted(request), rows);
        var cost = Math.Max(1, inputs.Sum(static input => (double)input.Data.Length) / rows / _unit);
        var items = Signature.IsBatched
            ? Enumerable.Range(0, rows).Select(row => new TensorItem(inputs, outputs, row)).ToArray()
            : [new TensorItem(inputs, outputs, -1)];
        await BoundedFanOut.RunAsync(
            items,
            _window,
            (item, _, token) => call.RunAsync(_executor, new GraphInput<TInput>(default, item), cost, item.Key, token),
            call.CancellationToken);
        return outputs.ToTensors();
    }

    public ValueTask DisposeAsync() => _executor.DisposeAsync();
}
