using Microsoft.ML.OnnxRuntime;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Onnx;

/// <summary>One ONNX file on one device. Runs may overlap.</summary>
public sealed class OnnxGraph : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string? _arena;
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
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        Device = device;
        CopiesWhenBound = device.Kind != AcceleratorKind.Cpu;
        KeepsRunMemory = options.KeepRunMemory ?? keepRunMemory;
        _arena = ArenaShrinkage.ArenaOf(device, options, KeepsRunMemory);
        using var sessionOptions = device.CreateSessionOptions(options, KeepsRunMemory, path);
        _session = new InferenceSession(path, sessionOptions);
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

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    internal OrtIoBinding CreateBinding() => _session.CreateIoBinding();

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
    internal void Run(OrtIoBinding binding, TimeSpan limit, TimeProvider time)
    {
        using var options = new RunOptions();
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
            _session.RunWithBinding(options, binding);
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

    private static Dictionary<string, GraphTensor> Describe(IReadOnlyDictionary<string, NodeMetadata> metadata) =>
        metadata.ToDictionary(
            pair => pair.Key,
            pair => new GraphTensor(
                pair.Key, pair.Value.ElementDataType, pair.Value.Dimensions, pair.Value.SymbolicDimensions.FirstOrDefault() ?? ""),
            StringComparer.Ordinal);
}
