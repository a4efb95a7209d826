namespace VisionCluster.Inference.Onnx.Recording;

/// <summary>
/// Keeps all calls into CUDA devices apart from a recording. ONNX Runtime records in <c>cudaStreamCaptureModeGlobal</c>: meanwhile
/// a call of any thread of the process that takes device memory or copies to it fails, or spoils the recording. Thread-safe.
/// </summary>
internal sealed class RecordingGate : IDisposable
{
    private readonly ReaderWriterLockSlim _loads = new(LockRecursionPolicy.SupportsRecursion);
    private readonly ReaderWriterLockSlim _uses = new(LockRecursionPolicy.SupportsRecursion);

    /// <summary>That of the process, which is what the rule is about.</summary>
    public static RecordingGate Shared { get; } = new();

    /// <summary>How long a recording waits for sessions that are being opened. They hold up no caller.</summary>
    public TimeSpan LoadLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long it waits for runs that are under way, while those that come after it wait for it.</summary>
    public TimeSpan UseLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The gate where anything is recorded; else null.</summary>
    public static RecordingGate? Of(OnnxDevice device, OnnxOptions options) =>
        options.CudaGraphs && device.Kind == AcceleratorKind.Cuda ? Shared : null;

    /// <summary>While a session is opened or closed. Not to be entered while <see cref="Use"/> is held.</summary>
    public static Passage Load(RecordingGate? gate) => Passage.Read(gate?._loads);

    /// <summary>While a device runs something, copies, or gives memory.</summary>
    public static Passage Use(RecordingGate? gate) => Passage.Read(gate?._uses);

    /// <summary>While a run is recorded.</summary>
    /// <returns>Whether everybody else is out.</returns>
    public bool TryRecord(Action record)
    {
        if (!_loads.TryEnterWriteLock(LoadLimit))
        {
            return false;
        }

        try
        {
            if (!_uses.TryEnterWriteLock(UseLimit))
            {
                return false;
            }

            try
            {
                record();
                return true;
            }
            finally
            {
                _uses.ExitWriteLock();
            }
        }
        finally
        {
            _loads.ExitWriteLock();
        }
    }

    public void Dispose()
    {
        _loads.Dispose();
        _uses.Dispose();
    }

    /// <summary>Held until it is disposed, by the same thread.</summary>
    internal readonly struct Passage : IDisposable
    {
        private readonly ReaderWriterLockSlim? _lock;

        private Passage(ReaderWriterLockSlim? held) => _lock = held;

        public static Passage Read(ReaderWriterLockSlim? held)
        {
            held?.EnterReadLock();
            return new Passage(held);
        }

        public void Dispose() => _lock?.ExitReadLock();
    }
}
