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
    private readonly RunTensors? _recorded;
    private readonly IReadOnlyList<string> _outputNames;
    private readonly Dictionary<string, ITensorBuffer> _inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DeviceTensor> _deviceInputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorBuffer<float>> _outputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OrtValue> _lentOutputs = new(StringComparer.Ordinal);
    private readonly List<OrtValue> _views = [];
    private long _borrowedBytes;
    private bool _knowsOutputs;

    /// <param name="graph">What runs.</param>
    /// <param name="outputNames">Outputs to fetch; the graph may have others, which are not computed where it can be helped.</param>
    public BoundRun(OnnxGraph graph, IReadOnlyList<string> outputNames)
    {
        _graph = graph;
        _outputNames = outputNames;
        if (graph.Recorder is null)
        {
            _binding = graph.CreateBinding();
        }
        else
        {
            _recorded = new RunTensors(outputNames);
        }
    }

    /// <summary>Allocates an input of a shape.</summary>
    public TensorBuffer<T> AddInput<T>(string name, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var buffer = new TensorBuffer<T>(shape);
        _inputs.Add(name, buffer);
        if (!_graph.CopiesWhenBound)
        {
            Bind(name, buffer.Value);
        }

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

    public void Run(TimeSpan limit, TimeProvider time)
    {
        if (_graph.CopiesWhenBound)
        {
            // Only now is everything written; bound earlier, every run would read what was there then.
            foreach (var (name, buffer) in _inputs)
            {
                Bind(name, buffer.Value);
            }
        }

        if (_recorded is not null)
        {
            _graph.Recorder!.Run(_recorded, Target, limit, time);
        }
        else
        {
            Run(_binding!, limit, time);
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
        if (_recorded is not null)
        {
            _recorded.SetInput(name, value);
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
            _outputs.Add(name, buffer = new TensorBuffer<float>(shape));
        }

        return buffer.Value;
    }

    private void Run(OrtIoBinding binding, TimeSpan limit, TimeProvider time)
    {
        if (_knowsOutputs || _lentOutputs.Count == _outputNames.Count)
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
                var buffer = new TensorBuffer<float>(values[i].GetTensorTypeAndShape().Shape);
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
