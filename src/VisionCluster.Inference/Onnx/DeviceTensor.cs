using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace VisionCluster.Inference.Onnx;

/// <summary>
/// A tensor that lies in a device's own memory. It is counted: the memory goes when its owner has disposed it and the last
/// who holds it has released it, so never while a run reads it.
/// </summary>
internal sealed class DeviceTensor : IDisposable
{
    private readonly DeviceBlock _block;

    /// <param name="allocator">Of the device.</param>
    /// <param name="location">What the runtime calls the device's memory.</param>
    /// <param name="type">float32 or float16.</param>
    /// <param name="shape">Its dimensions.</param>
    /// <param name="used">Is told how many bytes are taken, and given back.</param>
    public DeviceTensor(
        OrtAllocator allocator, OrtMemoryInfo location, TensorElementType type, ReadOnlySpan<long> shape, Action<long> used)
    {
        Shape = shape.ToArray();
        Type = type;
        Location = location;
        Length = checked((int)ShapeLength(Shape));
        Bytes = (long)Length * (type == TensorElementType.Float16 ? 2 : sizeof(float));
        _block = new DeviceBlock(allocator, checked((uint)Bytes), used);
    }

    public long[] Shape { get; }

    /// <summary>float32 or float16.</summary>
    public TensorElementType Type { get; }

    /// <summary>Where it lies.</summary>
    public OrtMemoryInfo Location { get; }

    /// <summary>Numbers.</summary>
    public int Length { get; }

    /// <summary>Memory it takes.</summary>
    public long Bytes { get; }

    /// <summary>Whether the memory is given back.</summary>
    public bool IsFreed => _block.IsFreed;

    /// <summary>The runtime's view of all of it; valid while the tensor is held.</summary>
    public OrtValue View() => OrtValue.CreateTensorValueWithData(Location, Type, Shape, _block.Address, Bytes);

    /// <summary>The runtime's view of one item of the batch.</summary>
    public OrtValue View(int item)
    {
        var bytes = Bytes / Shape[0];
        return OrtValue.CreateTensorValueWithData(
            Location, Type, [1, .. Shape.AsSpan(1)], _block.Address + (nint)(item * bytes), bytes);
    }

    /// <summary>Keeps the memory until <see cref="Release"/>.</summary>
    /// <exception cref="ObjectDisposedException">It has gone.</exception>
    public void Hold()
    {
        var held = false;
        _block.DangerousAddRef(ref held);
    }

    public void Release() => _block.DangerousRelease();

    public void Dispose() => _block.Dispose();

    private static long ShapeLength(long[] shape) => shape.Aggregate(1L, static (a, b) => checked(a * b));
}
