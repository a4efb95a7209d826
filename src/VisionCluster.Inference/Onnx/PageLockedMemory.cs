using Microsoft.ML.OnnxRuntime;
using VisionCluster.Inference.Onnx.Recording;

namespace VisionCluster.Inference.Onnx;

/// <summary>
/// Memory of the host that the system does not move, from which a CUDA device copies without the driver's detour over a buffer of its
/// own (<c>cudaMallocHost</c>). It is ONNX Runtime's own arena for it, one a session, which keeps what it once took, up to about
/// twice what was ever in use at a time, until the session and all blocks have gone. Thread-safe.
/// </summary>
internal sealed class PageLockedMemory : IDisposable
{
    private readonly OrtAllocator _allocator;
    private readonly RecordingGate? _gate;
    private readonly Action<long> _count;
    private long _used;

    /// <param name="allocator">What gives the memory; taken over. That of a CPU serves the same, for tests.</param>
    /// <param name="gate">Shut while a run is recorded; null: nothing is.</param>
    public PageLockedMemory(OrtAllocator allocator, RecordingGate? gate = null)
    {
        (_allocator, _gate) = (allocator, gate);
        _count = bytes => Interlocked.Add(ref _used, bytes);
    }

    /// <summary>Bytes of blocks that are in use.</summary>
    public long UsedBytes => Interlocked.Read(ref _used);

    /// <summary>That of a session; null where the device has none, as a CPU.</summary>
    public static PageLockedMemory? Of(InferenceSession session, OnnxDevice device, RecordingGate? gate)
    {
        if (device.Kind != AcceleratorKind.Cuda)
        {
            return null;
        }

        // Versions of the provider differ in whether it is the device's or the host's, whose index is 0.
        foreach (var index in new[] { device.Index, 0 }.Distinct())
        {
            using var location = new OrtMemoryInfo(
                OrtMemoryInfo.allocatorCUDA_PINNED, OrtAllocatorType.DeviceAllocator, index, OrtMemType.CpuOutput);
            try
            {
                return new PageLockedMemory(new OrtAllocator(session, location), gate);
            }
            catch (OnnxRuntimeException)
            {
                // "No requested allocator available"
            }
        }

        return null;
    }

    /// <summary>Takes memory whose numbers are not set.</summary>
    /// <returns>Null where none is to be had, or none is needed.</returns>
    public PageLockedArray<T>? TryAllocate<T>(int length)
        where T : unmanaged
    {
        var bytes = (long)length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        if (bytes is 0 or > uint.MaxValue)
        {
            return null;
        }

        try
        {
            using var passage = RecordingGate.Use(_gate);
            return new PageLockedArray<T>(new DeviceBlock(_allocator, (uint)bytes, _count), length);
        }
        catch (Exception error) when (error is OnnxRuntimeException or ObjectDisposedException)
        {
            // What may be locked has a limit, or the graph is being unloaded.
            return null;
        }
    }

    public void Dispose() => _allocator.Dispose();
}
