using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx;

/// <summary>A pinned array that ONNX Runtime reads or writes in place.</summary>
internal sealed class TensorBuffer<T> : ITensorBuffer
    where T : unmanaged
{
    public TensorBuffer(ReadOnlySpan<long> shape)
    {
        Shape = shape.ToArray();
        Data = GC.AllocateUninitializedArray<T>(checked((int)Elements(shape)), pinned: true);
        Value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Data.AsMemory(), Shape);
    }

    public long[] Shape { get; }

    public T[] Data { get; }

    public OrtValue Value { get; }

    public long Bytes => (long)Data.Length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>();

    /// <summary>The part of one item of the batch.</summary>
    public Span<T> Row(int index) => Data.AsSpan(index * (Data.Length / (int)Shape[0]), Data.Length / (int)Shape[0]);

    public void Dispose() => Value.Dispose();

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
