using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace VisionCluster.Inference.Onnx.Recording;

/// <summary>A device's memory for tensors whose addresses do not change, and copies into it and out of it. Used by one thread at a time.</summary>
internal sealed class FixedMemory : IDisposable
{
    private readonly OnnxDevice _device;
    private readonly OnnxOptions _options;
    private readonly Dictionary<string, TensorMover> _movers = [];
    private readonly Dictionary<OrtValue, (OrtMemoryAllocation Block, long Bytes)> _blocks = [];
    private readonly OrtAllocator _allocator;

    public FixedMemory(OnnxDevice device, OnnxOptions options)
    {
        // Copies record nothing, and what shrinks would take memory away that recordings point into.
        (_device, _options) = (device, new OnnxOptions { IntraOpThreads = 1, CudaMemoryLimitBytes = options.CudaMemoryLimitBytes });
        Location = device.CreateMemoryInfo();
        _allocator = MoverOf([TensorElementType.Float]).CreateAllocator(Location);
    }

    public OrtMemoryInfo Location { get; }

    /// <summary>Bytes of the tensors that are not freed.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>A tensor whose numbers are not set.</summary>
    /// <exception cref="Batching.DeviceOutOfMemoryException">The device has no room for it.</exception>
    public OrtValue Allocate(TensorElementType type, long[] shape)
    {
        var bytes = checked((uint)(shape.Aggregate(1L, static (a, b) => checked(a * b)) * SizeOf(type)));
        var block = Take(Math.Max(bytes, 1));
        try
        {
            var value = OrtValue.CreateTensorValueWithData(Location, type, shape, block.DangerousGetHandle(), bytes);
            _blocks.Add(value, (block, bytes));
            UsedBytes += bytes;
            return value;
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    public void Free(OrtValue tensor)
    {
        tensor.Dispose();
        if (_blocks.Remove(tensor, out var taken))
        {
            UsedBytes -= taken.Bytes;
            taken.Block.Dispose();
        }
    }

    /// <summary>What copies tensors of some types. A new one opens a session.</summary>
    public TensorMover MoverOf(IReadOnlyList<TensorElementType> types)
    {
        var key = string.Join(' ', types);
        return _movers.TryGetValue(key, out var mover) ? mover : _movers[key] = new TensorMover(types, _device, _options);
    }

    public void Dispose()
    {
        foreach (var (block, _) in _blocks.Values)
        {
            block.Dispose();
        }

        _allocator.Dispose();
        foreach (var mover in _movers.Values)
        {
            mover.Dispose();
        }
    }

    private OrtMemoryAllocation Take(uint bytes)
    {
        try
        {
            return _allocator.Allocate(bytes);
        }
        catch (OnnxRuntimeException error)
        {
            throw OnnxFailure.Classify(error, terminated: false, default);
        }
    }

    private static int SizeOf(TensorElementType type) => type switch
    {
        TensorElementType.Double or TensorElementType.Int64 or TensorElementType.UInt64 => 8,
        TensorElementType.Float or TensorElementType.Int32 or TensorElementType.UInt32 => 4,
        TensorElementType.Float16 or TensorElementType.BFloat16 or TensorElementType.Int16 or TensorElementType.UInt16 => 2,
        TensorElementType.Int8 or TensorElementType.UInt8 or TensorElementType.Bool => 1,
        _ => throw new NotSupportedException($"Tensors of {type} have no fixed size."),
    };
}
