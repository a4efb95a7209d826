using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx;

/// <summary>Numbers in the host's memory that ONNX Runtime reads or writes in place: in a pinned array, or in page-locked memory.</summary>
internal sealed class TensorBuffer<T> : ITensorBuffer
    where T : unmanaged
{
    private readonly Memory<T> _numbers;
    private readonly PageLockedArray<T>? _locked;

    /// <param name="shape">Dimensions.</param>
    /// <param name="memory">Page-locked memory, for a device that copies from there; null, or where it has none left: an array.</param>
    public TensorBuffer(ReadOnlySpan<long> shape, PageLockedMemory? memory = null)
    {
        Shape = shape.ToArray();
        var length = checked((int)Elements(shape));
        _locked = memory?.TryAllocate<T>(length);
        _numbers = _locked?.Memory ?? GC.AllocateUninitializedArray<T>(length, pinned: true);
        // To the runtime both are a CPU's memory, which inputs and outputs on a CPU's side of the graph are used in without a copy; the
        // device's driver knows page-locked memory by its address.
        Value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _numbers, Shape);
    }

    public long[] Shape { get; }

    /// <exception cref="ObjectDisposedException">The buffer is disposed, and was page-locked.</exception>
    public Span<T> Data => _numbers.Span;

    public OrtValue Value { get; }

    public long Bytes => (long)_numbers.Length * Unsafe.SizeOf<T>();

    public long LockedBytes => _locked is null ? 0 : Bytes;

    /// <summary>The part of one item of the batch.</summary>
    public Span<T> Row(int index)
    {
        var row = _numbers.Length / (int)Shape[0];
        return Data.Slice(index * row, row);
    }

    public void Dispose()
    {
        Value.Dispose();
        ((IDisposable?)_locked)?.Dispose();
    }

    private static long Elements(ReadOnlySpan<long> shape)
    {
        var count = 1L;
        foreach (var dimension in shape)
        {
            count = checked(count * dimension);
        }

        return count;
    }
}
