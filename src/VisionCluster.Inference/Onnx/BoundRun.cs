using Microsoft.ML.OnnxRuntime;
using VisionCluster.Inference.Onnx.Recording;

namespace VisionCluster.Inference.Onnx;

/// <summary>
/// Inputs and outputs of a graph for one set of shapes, allocated once and run many times: after the first run with
/// these shapes a run allocates no tensor and copies none. Used by one thread at a time.
/// </summary>
internal sealed class BoundRun : IDisposable
{
    private readonly OnnxGraph _graph;
    private readonly OrtIoBinding? _binding;
    private readonly RunTensors? _tensors;
    private readonly IReadOnlyList<string> _outputNames;
    private readonly Dictionary<string, ITensorBuffer> _inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DeviceTensor> _deviceInputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorBuffer<float>> _outputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OrtValue> _lentOutputs = new(StringComparer.Ordinal);
    private readonly List<OrtValue> _views = [];
    private OrtValue[]? _targets;
    private long _borrowedBytes;
    private bool _knowsOutputs;

    /// <param name="graph">What runs.</param>
    /// <param name="outputNames">Outputs to fetch; the graph may have others, which are not computed where it can be helped.</param>
    public BoundRun(OnnxGraph graph, IReadOnlyList<string> outputNames)
    {
        _graph = graph;
        _outputNames = outputNames;
        if (graph.CopiesWhenBound || graph.Recorder is not null)
        {
            _tensors = new RunTensors(outputNames);
        }
        else
        {
            _binding = graph.CreateBinding();
        }
    }

    /// <summary>Allocates an input of a shape.</summary>
    public TensorBuffer<T> AddInput<T>(string name, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var buffer = new TensorBuffer<T>(shape, _graph.LockedMemory);
        _inputs.Add(name, buffer);
        Bind(name, buffer.Value);
        return buffer;
    }

    public TensorBuffer<T> Input<T>(string name)
        where T : unmanaged => (TensorBuffer<T>)_inputs[name];

    /// <summary>Takes over an input that lies on the device.</summary>
    public void AddInput(string name, DeviceTensor tensor)
    {
        _deviceInputs.Add(name, tensor);
        var view = tensor.View();
        _views.Add(view);
        Bind(name, view);
    }

    /// <summary>An input that lies on the device.</summary>
    public DeviceTensor DeviceInput(string name) => _deviceInputs[name];

    /// <summary>Lets the next run read a tensor of somebody else's, which must live until the run has ended.</summary>
    /// <param name="name">The input.</param>
    /// <param name="value">The tensor.</param>
    /// <param name="hostBytes">Bytes of it that lie in the host's memory.</param>
    public void Borrow(string name, OrtValue value, long hostBytes = 0)
    {
        Bind(name, value);
        _borrowedBytes += hostBytes;
    }

    /// <summary>Lets the next run write an output where somebody else wants it.</summary>
    public void BorrowOutput(string name, OrtValue value)
    {
        _binding?.BindOutput(name, value);
        _lentOutputs[name] = value;
    }

    public TensorBuffer<float> Output(string name) => _outputs[name];

    /// <summary>Page-locked memory that it holds.</summary>
    public long LockedBytes => _graph.LockedMemory is null
        ? 0
        : _inputs.Values.Sum(static buffer => buffer.LockedBytes) + _outputs.Values.Sum(static buffer => buffer.LockedBytes);

    public void Run(TimeSpan limit, TimeProvider time)
    {
        if (_tensors is null)
        {
            Run(_binding!, limit, time);
        }
        else if (_graph.Recorder is { } recorder)
        {
            recorder.Run(_tensors, Target, limit, time);
        }
        else
        {
            Run(_tensors, limit, time);
        }

        _graph.CountHostBytes(HostBytes());
        _borrowedBytes = 0;
    }

    public void Dispose()
    {
        _binding?.Dispose();
        foreach (var buffer in _inputs.Values)
        {
            buffer.Dispose();
        }

        foreach (var buffer in _outputs.Values)
        {
            buffer.Dispose();
        }

        _views.ForEach(static view => view.Dispose());
        foreach (var tensor in _deviceInputs.Values)
        {
            tensor.Dispose();
        }
    }

    private bool KnowsOutputs => _knowsOutputs || _lentOutputs.Count == _outputNames.Count;

    /// <summary>Bytes of a run's inputs and outputs that lie in the host's memory.</summary>
    private long HostBytes()
    {
        var bytes = _borrowedBytes;
        foreach (var buffer in _inputs.Values)
        {
            bytes += buffer.Bytes;
        }

        foreach (var (name, buffer) in _outputs)
        {
            bytes += _lentOutputs.ContainsKey(name) ? 0 : buffer.Bytes;
        }

        return bytes;
    }

    private void Bind(string name, OrtValue value)
    {
        if (_tensors is not null)
        {
            _tensors.SetInput(name, value);
        }
        else
        {
            _graph.Bind(_binding!, name, value);
        }
    }

    /// <summary>Where an output of a recorded run is wanted.</summary>
    private OrtValue Target(int output, long[] shape)
    {
        var name = _outputNames[output];
        if (_lentOutputs.TryGetValue(name, out var lent))
        {
            return lent;
        }

        if (!_outputs.TryGetValue(name, out var buffer))
        {
            _outputs.Add(name, buffer = new TensorBuffer<float>(shape, _graph.LockedMemory));
        }

        return buffer.Value;
    }

    /// <summary>
    /// A device's run copies its inputs itself, in its own stream and when everything is written: bound beforehand, they would be copied
    /// in a stream that another run of the graph may have taken meanwhile.
    /// </summary>
    private void Run(RunTensors tensors, TimeSpan limit, TimeProvider time)
    {
        if (KnowsOutputs)
        {
            _targets ??= new OrtValue[_outputNames.Count];
            for (var i = 0; i < _targets.Length; i++)
            {
                _targets[i] = _lentOutputs.TryGetValue(_outputNames[i], out var lent) ? lent : _outputs[_outputNames[i]].Value;
            }

            _graph.Run(tensors, _targets, limit, time);
            return;
        }

        using var binding = _graph.CreateBinding();
        _graph.Bind(binding, tensors);
        foreach (var (name, value) in _lentOutputs)
        {
            binding.BindOutput(name, value);
        }

        Run(binding, limit, time);
    }

    private void Run(OrtIoBinding binding, TimeSpan limit, TimeProvider time)
    {
        if (KnowsOutputs)
        {
            _graph.Run(binding, limit, time);
            return;
        }

        foreach (var name in _outputNames.Where(name => !_lentOutputs.ContainsKey(name)))
        {
            binding.BindOutputToDevice(name, OrtMemoryInfo.DefaultInstance);
        }

        _graph.Run(binding, limit, time);
        KeepOutputs(binding);
    }

    /// <summary>The first run told the outputs' shapes: buffers of our own serve from now on.</summary>
    private void KeepOutputs(OrtIoBinding binding)
    {
        var names = binding.GetOutputNames();
        using var values = binding.GetOutputValues();
        for (var i = 0; i < names.Length; i++)
        {
            if (!_lentOutputs.ContainsKey(names[i]))
            {
                var buffer = new TensorBuffer<float>(values[i].GetTensorTypeAndShape().Shape, _graph.LockedMemory);
                values[i].GetTensorDataAsSpan<float>().CopyTo(buffer.Data);
                _outputs.Add(names[i], buffer);
            }
        }

        binding.ClearBoundOutputs();
        foreach (var (name, buffer) in _outputs)
        {
            binding.BindOutput(name, buffer.Value);
        }

        _knowsOutputs = true;
    }
}
