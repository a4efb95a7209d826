using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using VisionCluster.Inference.Onnx.Recording;

namespace VisionCluster.Inference.Onnx;

/// <summary>
/// A device's own memory for tensors that stay there, and the ways into it, out of it and about in it. Copies are runs of
/// small graphs, so that they work, and keep their order, on every device that ONNX Runtime runs on. Thread-safe.
/// </summary>
internal sealed class DeviceTensors : IDisposable
{
    private readonly OnnxDevice _device;
    private readonly OnnxOptions _options;
    private readonly ArenaShrinkage _arenas;
    private readonly OrtMemoryInfo _location;
    private readonly OrtAllocator _allocator;
    private readonly TensorGraph _finite;
    private readonly ConcurrentDictionary<(int Count, TensorElementType From, TensorElementType To), Lazy<TensorGraph>> _joins = [];
    private readonly Action<long> _count;
    private readonly RecordingGate? _gate;
    private long _bytes;
    private long _used;

    /// <param name="device">Whose memory. A CPU's serves the same, for tests.</param>
    /// <param name="options">How the small graphs' sessions are made.</param>
    /// <param name="arenas">Those of the device's graphs; null: of nobody else.</param>
    public DeviceTensors(OnnxDevice device, OnnxOptions options, ArenaShrinkage? arenas = null)
    {
        _device = device;
        _arenas = arenas ?? new ArenaShrinkage();
        _count = bytes => Interlocked.Add(ref _used, bytes);
        // One thread copies no slower, and engines of TensorRT for copies would cost seconds.
        _options = new OnnxOptions
        {
            IntraOpThreads = 1, CudaMemoryLimitBytes = options.CudaMemoryLimitBytes, ShrinkArenas = options.ShrinkArenas,
            CudaGraphs = options.CudaGraphs,
        };
        _gate = RecordingGate.Of(device, options);
        _finite = new TensorGraph(TensorGraph.Finite(), device, _options, _arenas);
        _location = device.CreateMemoryInfo();
        _allocator = _finite.CreateAllocator(_location);
    }

    /// <summary>Bytes that were copied between the device's memory and the host's.</summary>
    public long HostBytes => Interlocked.Read(ref _bytes);

    /// <summary>Bytes of tensors that lie here now.</summary>
    public long UsedBytes => Interlocked.Read(ref _used);

    /// <summary>Takes memory whose numbers are not set.</summary>
    /// <exception cref="Batching.DeviceOutOfMemoryException">The device has none left.</exception>
    public DeviceTensor Allocate(ReadOnlySpan<long> shape, TensorElementType type = TensorElementType.Float)
    {
        try
        {
            using var passage = RecordingGate.Use(_gate);
            return new DeviceTensor(_allocator, _location, type, shape, _count);
        }
        catch (OnnxRuntimeException error)
        {
            _arenas.Ask();
            throw OnnxFailure.Classify(error, terminated: false, default);
        }
    }

    /// <summary>A copy on the device of numbers that the host has.</summary>
    public DeviceTensor Upload(float[] values, ReadOnlySpan<long> shape, TensorElementType type = TensorElementType.Float)
    {
        using var host = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values.AsMemory(), shape.ToArray());
        var tensor = Allocate(shape, type);
        using var target = tensor.View();
        Join([host], TensorElementType.Float, target, type);
        Interlocked.Add(ref _bytes, (long)values.Length * sizeof(float));
        return tensor;
    }

    /// <summary>A copy of one item of a batch.</summary>
    public DeviceTensor CopyItem(DeviceTensor batch, int item, TensorElementType type)
    {
        using var source = batch.View(item);
        var copy = Allocate([1, .. batch.Shape.AsSpan(1)], type);
        using var target = copy.View();
        Join([source], batch.Type, target, type);
        return copy;
    }

    /// <summary>Writes tensors one after another, as float32, into a batch of as many items.</summary>
    public void Gather(IReadOnlyList<DeviceTensor> items, DeviceTensor batch)
    {
        var views = new OrtValue[items.Count];
        try
        {
            for (var i = 0; i < views.Length; i++)
            {
                views[i] = items[i].View();
            }

            using var target = batch.View();
            Join(views, items[0].Type, target, TensorElementType.Float);
        }
        finally
        {
            Array.ForEach(views, static view => view?.Dispose());
        }
    }

    /// <summary>Writes a tensor's numbers, as float32, into the host's memory.</summary>
    public unsafe void Download(DeviceTensor tensor, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, tensor.Length);
        tensor.Hold();
        try
        {
            fixed (float* address = destination)
            {
                using var source = tensor.View();
                using var target = OrtValue.CreateTensorValueWithData(
                    OrtMemoryInfo.DefaultInstance, TensorElementType.Float, tensor.Shape, (nint)address, (long)tensor.Length * sizeof(float));
                Join([source], tensor.Type, target, TensorElementType.Float);
            }

            Interlocked.Add(ref _bytes, (long)tensor.Length * sizeof(float));
        }
        finally
        {
            tensor.Release();
        }
    }

    /// <summary>Whether every number of one item of a batch of float32 is finite; one number comes back to the host.</summary>
    public unsafe bool IsFinite(DeviceTensor batch, int item)
    {
        var sum = 0f;
        using var source = batch.View(item);
        using var target = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, TensorElementType.Float, [], (nint)(&sum), sizeof(float));
        _finite.Run([source], target);
        return sum == 0;
    }

    /// <summary>Opens the graphs that gather up to so many items, so that no call waits for the first of a size.</summary>
    public void WarmUp(int items, TensorElementType type)
    {
        for (var count = 1; count <= items; count++)
        {
            _ = JoinOf(count, type, TensorElementType.Float);
        }
    }

    public void Dispose()
    {
        foreach (var join in _joins.Values.Where(static join => join.IsValueCreated))
        {
            join.Value.Dispose();
        }

        _finite.Dispose();
        // Tensors that outlive this keep the allocator, and what the runtime calls its memory.
        _allocator.Dispose();
    }

    private void Join(OrtValue[] items, TensorElementType from, OrtValue target, TensorElementType to) =>
        JoinOf(items.Length, from, to).Run(items, target);

    private TensorGraph JoinOf(int count, TensorElementType from, TensorElementType to) => _joins.GetOrAdd(
        (count, from, to),
        key => new Lazy<TensorGraph>(() => new TensorGraph(TensorGraph.Join(key.Count, key.From, key.To), _device, _options, _arenas))).Value;
}
