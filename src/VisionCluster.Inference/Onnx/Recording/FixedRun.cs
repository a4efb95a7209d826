using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace VisionCluster.Inference.Onnx.Recording;

/// <summary>
/// Inputs and outputs of one set of shapes at addresses of their own on the device, which a recording reads and writes for ever.
/// They lie outside the graph's arena, in which a replay writes wherever it did when it was recorded.
/// </summary>
internal sealed class FixedRun : IDisposable
{
    private readonly FixedMemory _memory;
    private readonly List<OrtValue> _inputs = [];
    private readonly List<OrtValue> _outputs = [];
    private readonly TensorMover _in;
    private TensorMover? _out;

    /// <param name="binding">Of the graph's session; taken over.</param>
    /// <param name="memory">Of the device.</param>
    /// <param name="tensors">Names, types and shapes.</param>
    public FixedRun(OrtIoBinding binding, FixedMemory memory, RunTensors tensors)
    {
        (Binding, _memory, OutputNames) = (binding, memory, tensors.Outputs);
        try
        {
            var names = tensors.InputNames;
            for (var i = 0; i < names.Count; i++)
            {
                var tensor = tensors.Inputs[i].GetTensorTypeAndShape();
                _inputs.Add(memory.Allocate(tensor.ElementDataType, tensor.Shape));
                binding.BindInput(names[i], _inputs[i]);
            }

            _in = memory.MoverOf([.. _inputs.Select(static input => input.GetTensorTypeAndShape().ElementDataType)]);
            foreach (var name in OutputNames)
            {
                binding.BindOutputToDevice(name, memory.Location);
            }
        }
        catch
        {
            Dispose();
            throw;
        }

    }

    public OrtIoBinding Binding { get; }

    /// <summary>What the runtime knows its recording by; 0 where it has none.</summary>
    public int Recording { get; set; }

    public IReadOnlyList<string> OutputNames { get; }

    /// <summary>Empty before <see cref="KeepOutputs"/>.</summary>
    public IReadOnlyList<TensorElementType> OutputTypes { get; private set; } = [];

    /// <summary>Empty before <see cref="KeepOutputs"/>.</summary>
    public IReadOnlyList<long[]> OutputShapes { get; private set; } = [];

    /// <summary>Copies a run's inputs to where the next run reads them.</summary>
    public void Load(IReadOnlyList<OrtValue> inputs) => _in.Move(inputs, _inputs);

    /// <summary>Copies the outputs of the last run to where they are wanted.</summary>
    public void Store(IReadOnlyList<OrtValue> outputs) => _out!.Move(_outputs, outputs);

    /// <summary>The first run told the outputs' types and shapes: from now on they are written at addresses of their own.</summary>
    public void KeepOutputs()
    {
        using (var values = Binding.GetOutputValues())
        {
            OrtTensorTypeAndShapeInfo[] tensors = [.. values.Select(static value => value.GetTensorTypeAndShape())];
            OutputTypes = [.. tensors.Select(static tensor => tensor.ElementDataType)];
            OutputShapes = [.. tensors.Select(static tensor => tensor.Shape)];
        }

        Binding.ClearBoundOutputs();
        for (var i = 0; i < OutputNames.Count; i++)
        {
            _outputs.Add(_memory.Allocate(OutputTypes[i], OutputShapes[i]));
            Binding.BindOutput(OutputNames[i], _outputs[i]);
        }

        _out = _memory.MoverOf(OutputTypes);
    }

    public void Dispose()
    {
        Binding.Dispose();
        _inputs.ForEach(_memory.Free);
        _outputs.ForEach(_memory.Free);
    }
}
