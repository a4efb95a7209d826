using Microsoft.ML.OnnxRuntime;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Onnx.Recording;

/// <summary>
/// Runs a graph by CUDA graphs: a set of shapes that is met during the warm-up is recorded, and replayed with one launch from
/// then on (<c>enable_cuda_graph</c> and <c>gpu_graph_id</c> of ONNX Runtime's CUDA provider). Other shapes run step by step. All runs
/// of the graph take turns. Thread-safe.
/// </summary>
internal sealed class RunRecorder : IDisposable
{
    private const int MaxRecordings = 64;
    private const int MaxKept = 128;

    /// <summary>Bytes of inputs and outputs above which shapes that are not recorded are served and not kept.</summary>
    private const long KeptBytes = 256L << 20;

    private readonly IRecordedGraph _graph;
    private readonly RecordingGate _gate;
    private readonly RunThread _thread;
    private readonly FixedMemory _memory;
    private readonly Dictionary<string, FixedRun> _runs = new(StringComparer.Ordinal);
    private int _recordings;
    private volatile bool _records = true;

    /// <param name="graph">What runs.</param>
    /// <param name="memory">Where its inputs and outputs lie; taken over.</param>
    /// <param name="gate">What it shares with all who use CUDA devices.</param>
    public RunRecorder(IRecordedGraph graph, FixedMemory memory, RecordingGate gate)
    {
        (_graph, _memory, _gate) = (graph, memory, gate);
        _thread = new RunThread("recorded runs");
    }

    /// <summary>Why nothing is recorded, where that was tried in vain.</summary>
    public string? Remark { get; private set; }

    /// <summary>Sets of shapes that are replayed.</summary>
    public int Recordings => Volatile.Read(ref _recordings);

    /// <summary>Records nothing new: a recording holds up all that runs on the process' devices.</summary>
    public void Close() => _records = false;

    /// <summary>Runs to the end.</summary>
    /// <param name="tensors">What is read.</param>
    /// <param name="target">Where an output is wanted, by its place and shape.</param>
    /// <param name="limit">Longest run. A replay, which is one launch, cannot be ended.</param>
    /// <param name="time">Clock of the limit.</param>
    public void Run(RunTensors tensors, Func<int, long[], OrtValue> target, TimeSpan limit, TimeProvider time) =>
        _thread.Invoke(() => RunHere(tensors, target, new RunLimit(limit, time)));

    /// <summary>Does something with the graph's session while nothing else does.</summary>
    public void Invoke(Action work) => _thread.Invoke(work);

    public void Dispose()
    {
        _thread.Dispose();
        Forget();
        using (RecordingGate.Load(_gate))
        {
            _memory.Dispose();
        }
    }

    private void RunHere(RunTensors tensors, Func<int, long[], OrtValue> target, RunLimit limit)
    {
        var run = _runs.TryGetValue(tensors.Key, out var known) ? known : Prepare(tensors, limit);
        var keep = false;
        try
        {
            OrtValue[] targets = [.. run.OutputShapes.Select((shape, i) => target(i, shape))];
            using (RecordingGate.Use(_gate))
            {
                run.Load(tensors.Inputs);
                _graph.Run(run.Binding, run.Recording, limit);
                run.Store(targets);
            }

            keep = known is not null || run.Recording > 0 || (_runs.Count < MaxKept && _memory.UsedBytes <= KeptBytes);
        }
        finally
        {
            // What failed may be left in any state.
            Keep(tensors.Key, run, keep);
        }
    }

    private void Keep(string key, FixedRun run, bool keep)
    {
        if (keep)
        {
            _runs[key] = run;
        }
        else
        {
            _runs.Remove(key);
            run.Dispose();
        }
    }

    /// <summary>Learns the outputs' shapes by a plain run, and records another where that is wanted and can be had.</summary>
    private FixedRun Prepare(RunTensors tensors, RunLimit limit)
    {
        var run = Open(tensors, limit);
        if (!_records || _recordings >= MaxRecordings)
        {
            return run;
        }

        try
        {
            if (!_gate.TryRecord(() => Record(run, tensors.Inputs, limit)))
            {
                Remark ??= "the device was too busy to record a run";
            }

            return run;
        }
        catch (Exception error) when (error is not DeviceLostException)
        {
            // A recording that broke off leaves the session's stream in any state.
            Remark = error.Message;
            _records = false;
            run.Dispose();
            Forget();
            _graph.OpenAnew();
            return Open(tensors, limit);
        }
    }

    private FixedRun Open(RunTensors tensors, RunLimit limit)
    {
        FixedRun run;
        using (RecordingGate.Load(_gate))
        {
            run = new FixedRun(_graph.CreateBinding(), _memory, tensors);
        }

        try
        {
            using (RecordingGate.Use(_gate))
            {
                run.Load(tensors.Inputs);
                _graph.Run(run.Binding, 0, limit);
            }

            using (RecordingGate.Load(_gate))
            {
                run.KeepOutputs();
            }

            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Records a run on zeros, so that a replay is seen to read what is there when it is replayed.</summary>
    /// <exception cref="InvalidDataException">A replay gives something else than a plain run.</exception>
    private void Record(FixedRun run, IReadOnlyList<OrtValue> inputs, RunLimit limit)
    {
        using var check = new ReplayCheck(run, inputs);
        run.Load(inputs);
        _graph.Run(run.Binding, 0, limit);
        run.Store(check.Expected);

        run.Load(check.Zeros);
        _graph.Run(run.Binding, _recordings + 1, limit);
        run.Load(inputs);
        _graph.Run(run.Binding, _recordings + 1, limit);
        run.Store(check.Replayed);
        check.ThrowIfDifferent();
        run.Recording = ++_recordings;
    }

    private void Forget()
    {
        foreach (var run in _runs.Values)
        {
            run.Dispose();
        }

        _runs.Clear();
        _recordings = 0;
    }
}
