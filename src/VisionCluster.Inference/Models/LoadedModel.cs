using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Tensors;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Tensors;

namespace VisionCluster.Inference.Models;

/// <summary>
/// A model on a device. Calls hold it while they use it, so that a newer version can take its place at once and this
/// one goes when its last call has ended.
/// </summary>
internal abstract class LoadedModel(ModelFolder folder) : IAsyncDisposable
{
    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IDisposable> _owned = [];
    private readonly List<(string Role, OnnxGraph Graph)> _graphs = [];
    private int _holders = 1;

    public ModelFolder Folder { get; } = folder;

    public ModelManifest Manifest => Folder.Manifest;

    /// <summary>Name and version: embeddings of another version are no use.</summary>
    public string Identity { get; } = $"{folder.Manifest.Name}@{folder.Manifest.Version}";

    /// <summary>What it was counted as in the device's budget.</summary>
    public long Bytes { get; set; }

    /// <summary>Items waiting in the model's queues.</summary>
    public abstract int Queued { get; }

    /// <summary>Estimated seconds until what waits now has run.</summary>
    public abstract double QueueSeconds { get; }

    /// <summary>Share of the last seconds in which its graphs ran.</summary>
    public abstract double BusyFraction { get; }

    /// <summary>Images its encoder has run on.</summary>
    public virtual long ImagesEncoded => 0;

    /// <summary>Its graphs that callers may run on tensors of their own.</summary>
    public virtual IEnumerable<ITensorGraph> Graphs => [];

    /// <summary>One of its graphs as the protocol knows it.</summary>
    public GraphMetadata Describe(ITensorGraph graph) => new(
        $"{Manifest.Name}{GraphMetadata.Separator}{graph.Role}", Manifest.Version, graph.Signature.Inputs, graph.Signature.Outputs);

    public ModelStatus Status => new(
        Manifest.Name, Manifest.Family.ToString().ToLowerInvariant(), Manifest.Version, Manifest.License, Manifest.Source);

    /// <summary>Runs every batch size once, so that no caller waits for the first.</summary>
    public abstract Task WarmUpAsync(CancellationToken cancellationToken);

    /// <summary>Records no runs from now on: the model is warm.</summary>
    /// <returns>Why graphs are not recorded, where that was asked for.</returns>
    public IEnumerable<string> EndRecording()
    {
        foreach (var (role, graph) in _graphs)
        {
            graph.Recorder?.Close();
            if (graph.RecordingRemark is { } remark)
            {
                yield return $"{role}: {remark}";
            }
        }
    }

    /// <summary>Takes hold; false where the model is going.</summary>
    public bool TryHold()
    {
        while (Volatile.Read(ref _holders) is var holders and > 0)
        {
            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders)
            {
                return true;
            }
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _unused.TrySetResult();
        }
    }

    /// <summary>Waits for the last call, then frees the graphs.</summary>
    public async ValueTask DisposeAsync()
    {
        Release();
        await _unused.Task;
        await StopAsync();
        _owned.ForEach(owned => owned.Dispose());
    }

    protected abstract Task StopAsync();

    /// <summary>Opens a graph and compares it with what was recorded of it.</summary>
    /// <param name="role">Which of the model's files.</param>
    /// <param name="services">Where it runs.</param>
    /// <param name="keepRunMemory">Whether it keeps the memory of its runs, unless the options say so or not.</param>
    protected OnnxGraph Open(string role, ModelServices services, bool keepRunMemory = false)
    {
        var graph = Own(new OnnxGraph(Folder.PathOf(role), services.Device, services.Onnx, keepRunMemory) { Arenas = services.Arenas });
        _graphs.Add((role, graph));
        GraphSelfTest.Run(Folder, role, graph, services.Batching.Time);
        return graph;
    }

    /// <summary>Batch sizes to warm up: powers of two and the largest; those between find warm kernels.</summary>
    internal static IEnumerable<int> WarmUpSizes(int largest)
    {
        for (var size = 1; size < largest; size *= 2)
        {
            yield return size;
        }

        yield return largest;
    }

    protected T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
