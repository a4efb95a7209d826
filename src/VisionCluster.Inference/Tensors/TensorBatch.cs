using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tensors;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Tensors;

/// <summary>
/// A run of callers' tensors. One item is read where it lies; several are laid side by side first. Outputs are given as
/// they are: what is not a number is the caller's to judge.
/// </summary>
internal sealed unsafe class TensorBatch<TOutput> : IStagedBatch<TOutput>
{
    private const int Alignment = 64;

    private readonly OnnxGraph _graph;
    private readonly GraphSignature _signature;
    private readonly RunLimit _limit;
    private readonly IReadOnlyList<TensorItem> _items;
    private readonly List<OrtValue> _values = [];
    private readonly List<MemoryHandle> _pins = [];
    private readonly List<nint> _buffers = [];

    public TensorBatch(OnnxGraph graph, GraphSignature signature, RunLimit limit, IReadOnlyList<TensorItem> items)
    {
        if (items.Any(item => !item.Fits(items[0])))
        {
            throw new InvalidOperationException("Tensors of different shapes cannot share a run.");
        }

        (_graph, _signature, _limit, _items) = (graph, signature, limit, items);
        try
        {
            for (var i = 0; i < items[0].Inputs.Count; i++)
            {
                _values.Add(Lay(i));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Run(Span<ItemOutput<TOutput>> outputs)
    {
        _graph.Use(RunBound);
        outputs.Clear();
    }

    private void RunBound()
    {
        var wanted = _items[0].Outputs.Wanted;
        using var binding = _graph.CreateBinding();
        for (var i = 0; i < _values.Count; i++)
        {
            _graph.Bind(binding, _items[0].Inputs[i].Name, _values[i]);
        }

        binding.SynchronizeBoundInputs();
        foreach (var output in wanted)
        {
            binding.BindOutputToDevice(output.Name, OrtMemoryInfo.DefaultInstance);
        }

        try
        {
            _graph.Run(binding, _limit.Longest, _limit.Time);
        }
        catch (OnnxRuntimeException error)
        {
            // Neither time nor memory nor the device: the graph does not take these numbers, or dimensions it left open.
            throw VisionException.Invalid($"The graph failed on these tensors: {error.Message}");
        }

        using var values = binding.GetOutputValues();
        for (var i = 0; i < wanted.Count; i++)
        {
            Hand(i, wanted[i].Name, values[i]);
        }
    }

    public void Dispose()
    {
        _values.ForEach(value => value.Dispose());
        _pins.ForEach(pin => pin.Dispose());
        _buffers.ForEach(buffer => NativeMemory.AlignedFree((void*)buffer));
        _buffers.Clear();
    }

    private OrtValue Lay(int input)
    {
        var tensor = _items[0].Inputs[input];
        long[] shape = _items[0].IsWhole ? [.. tensor.Shape] : [_items.Count, .. tensor.Shape.Skip(1)];
        var row = _items[0].Bytes(input);
        var bytes = row.Length * _items.Count;
        var pointer = _items.Count == 1 ? Pin(row, tensor.Datatype.SizeOf()) : Gather(input, row.Length, bytes);
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, tensor.Datatype.ToRuntime(), shape, pointer, bytes);
    }

    private nint Pin(ReadOnlyMemory<byte> bytes, int elementSize)
    {
        var pin = bytes.Pin();
        _pins.Add(pin);
        // Behind a header of any length a tensor may begin anywhere.
        return (nint)pin.Pointer % elementSize == 0 ? (nint)pin.Pointer : Gather(bytes);
    }

    private nint Gather(ReadOnlyMemory<byte> bytes)
    {
        var buffer = Allocate(bytes.Length);
        bytes.Span.CopyTo(new Span<byte>((void*)buffer, bytes.Length));
        return buffer;
    }

    private nint Gather(int input, int row, int bytes)
    {
        var buffer = Allocate(bytes);
        for (var i = 0; i < _items.Count; i++)
        {
            _items[i].Bytes(input).Span.CopyTo(new Span<byte>((byte*)buffer + ((long)i * row), row));
        }

        return buffer;
    }

    private nint Allocate(int bytes)
    {
        var buffer = (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        _buffers.Add(buffer);
        return buffer;
    }

    private void Hand(int output, string name, OrtValue value)
    {
        var shape = value.GetTensorTypeAndShape().Shape;
        var data = value.GetTensorMutableRawData();
        if (!_signature.IsPerRow(name))
        {
            foreach (var item in _items)
            {
                item.Outputs.Put(output, shape, data);
            }

            return;
        }

        if (shape is not [var rows, ..] || rows != _items.Count)
        {
            throw new InvalidDataException($"Output '{name}' has not one row for each of the batch.");
        }

        var bytes = data.Length / _items.Count;
        for (var i = 0; i < _items.Count; i++)
        {
            _items[i].Outputs.PutRow(output, _items[i].Row, shape, data.Slice(i * bytes, bytes));
        }
    }
}
