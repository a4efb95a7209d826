using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx;

/// <summary>
/// Inputs and outputs of a graph for one set of shapes, allocated once and run many times: after the first run with
/// these shapes a run allocates no tensor and copies none. Used by one thread at a time.
/// </summary>
internal sealed class BoundRun : IDisposable
{
    private readonly OnnxGraph _graph;
    private readonly OrtIoBinding _binding;
    private readonly IReadOnlyList<string> _outputNames;
    private readonly Dictionary<string, ITensorBuffer> _inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorBuffer<float>> _outputs = new(StringComparer.Ordinal);

    /// <param name="graph">What runs.</param>
    /// <param name="outputNames">Outputs to fetch; the graph may have others, which are not computed where it can be helped.</param>
    public BoundRun(OnnxGraph graph, IReadOnlyList<string> outputNames)
    {
        _graph = graph;
        _outputNames = outputNames;
        _binding = graph.CreateBinding();
    }

    /// <summary>Allocates an input of a shape.</summary>
    public TensorBuffer<T> AddInput<T>(string name, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var buffer = new TensorBuffer<T>(shape);
        _inputs.Add(name, buffer);
        _binding.BindInput(name, buffer.Value);
        return buffer;
    }

    public TensorBuffer<T> Input<T>(string name)
        where T : unmanaged => (TensorBuffer<T>)_inputs[name];

    /// <summary>Lets the next run read a tensor of somebody else's, which must live until the run has ended.</summary>
    public void Borrow(string name, OrtValue value) => _binding.BindInput(name, value);

    public TensorBuffer<float> Output(string name) => _outputs[name];

    public void Run(TimeSpan limit, TimeProvider time)
    {
        if (_outputs.Count > 0)
        {
            _graph.Run(_binding, limit, time);
            return;
        }

        foreach (var name in _outputNames)
        {
            _binding.BindOutputToDevice(name, OrtMemoryInfo.DefaultInstance);
        }

        _graph.Run(_binding, limit, time);
        KeepOutputs();
    }

    public void Dispose()
    {
        _binding.Dispose();
        foreach (var buffer in _inputs.Values)
        {
            buffer.Dispose();
        }

        foreach (var buffer in _outputs.Values)
        {
            buffer.Dispose();
        }
    }

    /// <summary>The first run told the outputs' shapes: buffers of our own serve from now on.</summary>
    private void KeepOutputs()
    {
        using var values = _binding.GetOutputValues();
        for (var i = 0; i < _outputNames.Count; i++)
        {
            var buffer = new TensorBuffer<float>(values[i].GetTensorTypeAndShape().Shape);
            values[i].GetTensorDataAsSpan<float>().CopyTo(buffer.Data);
            _outputs.Add(_outputNames[i], buffer);
        }

        _binding.ClearBoundOutputs();
        foreach (var (name, buffer) in _outputs)
        {
            _binding.BindOutput(name, buffer.Value);
        }
    }
}
