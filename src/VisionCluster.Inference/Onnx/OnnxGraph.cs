using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Onnx.Recording;

namespace VisionCluster.Inference.Onnx;

/// <summary>One ONNX file on one device. Runs may overlap.</summary>
public sealed class OnnxGraph : IDisposable, IRecordedGraph
{
    private const string RecordingSetting = "gpu_graph_id";

    private readonly Func<bool, InferenceSession> _open;
    private readonly RecordingGate? _gate;
    private readonly string? _arena;
    private InferenceSession _session;
    private string? _refusal;
    private long _hostBytes;
    private int _shrunk;
    private int _givesBack;

    /// <summary>Loads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="options">How its session is made.</param>
    /// <param name="keepRunMemory">Whether it keeps the memory of its runs where the options leave that open.</param>
    /// <exception cref="OnnxRuntimeException">It is no graph that this runtime can run.</exception>
    public OnnxGraph(string path, OnnxDevice device, OnnxOptions options, bool keepRunMemory = false)
        : this(path, device, options, keepRunMemory, RecordingGate.Of(device, options))
    {
    }

    /// <summary>Loads a file whose runs are recorded where there is a gate, also on a CPU, which ignores that, for tests.</summary>
    internal OnnxGraph(string path, OnnxDevice device, OnnxOptions options, bool keepRunMemory, RecordingGate? gate)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        (Device, _gate) = (device, gate);
        CopiesWhenBound = device.Kind != AcceleratorKind.Cpu;
        KeepsRunMemory = options.KeepRunMemory ?? keepRunMemory;
        _open = records =>
        {
            using var session = device.CreateSessionOptions(options, KeepsRunMemory, path, records);
            return new InferenceSession(path, session);
        };
        _session = Open();
        if (gate is not null && _refusal is null)
        {
            // It opens a session of its own, which another graph's recording must not meet.
            using var passage = RecordingGate.Load(gate);
            Recorder = new RunRecorder(this, new FixedMemory(device, options), gate);
        }
        else
        {
            // A replay writes where it did when it was recorded, so that such an arena gives nothing back.
            _arena = ArenaShrinkage.ArenaOf(device, options, KeepsRunMemory);
        }

        LockedMemory = PageLockedMemory.Of(_session, device, gate);
        Inputs = Describe(_session.InputMetadata);
        Outputs = Describe(_session.OutputMetadata);
    }

    /// <summary>Where it runs.</summary>
    public OnnxDevice Device { get; }

    /// <summary>
    /// Whether binding an input copies it to the device there and then, so that what is written into the host's buffer later
    /// is not seen (IOBinding::BindInput of github.com/microsoft/onnxruntime).
    /// </summary>
    internal bool CopiesWhenBound { get; init; }

    /// <summary>Where the host's side of its runs lies; null: in arrays.</summary>
    internal PageLockedMemory? LockedMemory { get; init; }

    /// <summary>Is told of runs that did not fit, and says when to give memory back: that of all graphs of a device.</summary>
    internal ArenaShrinkage Arenas { get; init; } = new();

    /// <summary>Whether a run on a CPU finds the memory that an earlier one needed.</summary>
    public bool KeepsRunMemory { get; }

    /// <summary>Inputs by name.</summary>
    public IReadOnlyDictionary<string, GraphTensor> Inputs { get; }

    /// <summary>Outputs by name.</summary>
    public IReadOnlyDictionary<string, GraphTensor> Outputs { get; }

    /// <summary>Bytes of inputs and outputs that runs had in the host's memory; a CUDA device copies just these.</summary>
    public long HostBytes => Interlocked.Read(ref _hostBytes);

    /// <summary>Runs it by recordings; null: step by step.</summary>
    internal RunRecorder? Recorder { get; }

    /// <summary>Why it is not recorded though that was asked for.</summary>
    internal string? RecordingRemark => _refusal ?? Recorder?.Remark;

    /// <inheritdoc/>
    public void Dispose()
    {
        Recorder?.Dispose();
        using var passage = RecordingGate.Load(_gate);
        LockedMemory?.Dispose();
        _session.Dispose();
    }

    internal OrtIoBinding CreateBinding() => _session.CreateIoBinding();

    /// <summary>Binds an input, which on a device may copy it there.</summary>
    internal void Bind(OrtIoBinding binding, string name, OrtValue value)
    {
        using var passage = RecordingGate.Use(_gate);
        binding.BindInput(name, value);
    }

    /// <summary>Binds a run's inputs and waits until they are where the run reads them, and for all else that the device does.</summary>
    internal void Bind(OrtIoBinding binding, RunTensors tensors)
    {
        using var passage = RecordingGate.Use(_gate);
        for (var i = 0; i < tensors.Inputs.Count; i++)
        {
            binding.BindInput(tensors.InputNames[i], tensors.Inputs[i]);
        }

        binding.SynchronizeBoundInputs();
    }

    /// <summary>Uses bindings of the session by hand, while no recording uses its memory.</summary>
    internal void Use(Action work)
    {
        if (Recorder is null)
        {
            work();
        }
        else
        {
            Recorder.Invoke(work);
        }
    }

    OrtIoBinding IRecordedGraph.CreateBinding() => CreateBinding();

    void IRecordedGraph.Run(OrtIoBinding binding, int recording, RunLimit limit) => Run(binding, limit.Longest, limit.Time, recording);

    void IRecordedGraph.OpenAnew()
    {
        using var passage = RecordingGate.Load(_gate);
        _session.Dispose();
        _session = _open(false);
    }

    internal void CountHostBytes(long bytes) => Interlocked.Add(ref _hostBytes, bytes);

    /// <summary>
    /// Lets the next run on a CPU end by giving back the memory that larger ones needed. A run after it takes anew what it needs.
    /// </summary>
    /// <returns>Whether there is any to give back.</returns>
    internal bool GiveBackAfterNextRun()
    {
        var keeps = KeepsRunMemory && Device.Kind == AcceleratorKind.Cpu;
        Volatile.Write(ref _givesBack, keeps ? 1 : 0);
        return keeps;
    }

    /// <summary>Runs on the calling thread until the end or the limit.</summary>
    /// <exception cref="TimeoutException">The limit was reached and the run ended.</exception>
    /// <exception cref="DeviceOutOfMemoryException">A smaller run may fit.</exception>
    /// <exception cref="DeviceLostException">No run will succeed before the device is rebuilt.</exception>
    internal void Run(OrtIoBinding binding, TimeSpan limit, TimeProvider time, int recording = 0) =>
        Run(binding, static (session, options, bound) => session.RunWithBinding(options, bound), limit, time, recording);

    /// <summary>The same, on inputs that the run itself copies to the device, and for outputs whose places are known.</summary>
    internal void Run(RunTensors tensors, OrtValue[] targets, TimeSpan limit, TimeProvider time) =>
        Run(
            (Tensors: tensors, Targets: targets),
            static (session, options, run) => session.Run(
                options, run.Tensors.InputNames, run.Tensors.Inputs, run.Tensors.Outputs, run.Targets),
            limit, time, recording: 0);

    private void Run<TRun>(
        TRun run, Action<InferenceSession, RunOptions, TRun> start, TimeSpan limit, TimeProvider time, int recording)
    {
        using var passage = RecordingGate.Use(_gate);
        using var options = new RunOptions();
        if (Recorder is not null)
        {
            // -1 is what the provider calls a run that is not recorded.
            options.AddRunConfigEntry(RecordingSetting, (recording > 0 ? recording : -1).ToString(CultureInfo.InvariantCulture));
        }

        using var timer = time.CreateTimer(static state => ((RunOptions)state!).Terminate = true, options, limit, Timeout.InfiniteTimeSpan);
        if (Interlocked.Exchange(ref _givesBack, 0) == 1)
        {
            ArenaShrinkage.ApplyToHost(options);
        }
        else
        {
            Arenas.Apply(options, _arena, ref _shrunk);
        }

        try
        {
            start(_session, options, run);
        }
        catch (OnnxRuntimeException error)
        {
            var failure = OnnxFailure.Classify(error, options.Terminate, limit);
            if (failure is Batching.DeviceOutOfMemoryException)
            {
                Arenas.Ask();
            }

            throw failure;
        }
    }

    /// <summary>Opens a session that records where that is asked for and the runtime takes the graph for it.</summary>
    private InferenceSession Open()
    {
        using var passage = RecordingGate.Load(_gate);
        try
        {
            return _open(_gate is not null);
        }
        catch (OnnxRuntimeException error) when (_gate is not null && error.Message.Contains("graph capture", StringComparison.Ordinal))
        {
            _refusal = error.Message;
            return _open(false);
        }
    }

    private static Dictionary<string, GraphTensor> Describe(IReadOnlyDictionary<string, NodeMetadata> metadata) =>
        metadata.ToDictionary(
            pair => pair.Key,
            pair => new GraphTensor(
                pair.Key, pair.Value.ElementDataType, pair.Value.Dimensions, pair.Value.SymbolicDimensions.FirstOrDefault() ?? ""),
            StringComparer.Ordinal);
}
