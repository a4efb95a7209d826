using System.Globalization;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx.Recording;

/// <summary>What the runs of one set of shapes read and write, wherever it lies. The tensors change from run to run, their shapes do not.</summary>
/// <param name="outputs">Names of the outputs to fetch.</param>
internal sealed class RunTensors(IReadOnlyList<string> outputs)
{
    private readonly SortedDictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly List<OrtValue> _inputs = [];
    private string? _key;

    /// <summary>Names of the outputs.</summary>
    public IReadOnlyList<string> Outputs => outputs;

    /// <summary>The inputs in the order of <see cref="InputNames"/>.</summary>
    public IReadOnlyList<OrtValue> Inputs => _inputs;

    /// <summary>Names of the inputs.</summary>
    public IReadOnlyList<string> InputNames => _names;

    /// <summary>The same for runs of the same inputs, shapes and outputs.</summary>
    public string Key => _key ??= Describe();

    /// <summary>Lets the next runs read an input there.</summary>
    public void SetInput(string name, OrtValue value)
    {
        if (_places.TryGetValue(name, out var place))
        {
            _inputs[place] = value;
            return;
        }

        _places.Add(name, _inputs.Count);
        _names.Add(name);
        _inputs.Add(value);
    }

    private string Describe()
    {
        var text = new StringBuilder();
        foreach (var (name, place) in _places)
        {
            var shape = string.Join('x', _inputs[place].GetTensorTypeAndShape().Shape);
            text.Append(CultureInfo.InvariantCulture, $"{place}:{name}[{shape}] ");
        }

        return text.Append("-> ").AppendJoin(' ', outputs).ToString();
    }
}
