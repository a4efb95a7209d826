using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using VisionCluster.Inference.Onnx.Recording;

namespace VisionCluster.Inference.Onnx;

/// <summary>A small graph of our own on a device, which reads and writes tensors wherever they lie. Runs may overlap.</summary>
internal sealed class TensorGraph : IDisposable
{
    private const string Output = "y";

    private readonly InferenceSession _session;
    private readonly IReadOnlyList<string> _inputs;
    private readonly string[] _outputs = [Output];
    private readonly ArenaShrinkage _arenas;
    private readonly string? _arena;
    private readonly RecordingGate? _gate;
    private int _shrunk;

    /// <param name="model">Its ONNX file: one output, <c>y</c>.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="options">How its session is made.</param>
    /// <param name="arenas">Those of the device's graphs.</param>
    public TensorGraph(byte[] model, OnnxDevice device, OnnxOptions options, ArenaShrinkage arenas)
    {
        (_arenas, _arena) = (arenas, ArenaShrinkage.ArenaOf(device, options, keepsRunMemory: false));
        _gate = RecordingGate.Of(device, options);
        using var passage = RecordingGate.Load(_gate);
        using var session = device.CreateSessionOptions(options);
        _session = new InferenceSession(model, session);
        _inputs = _session.InputNames;
    }

    /// <summary>Joins tensors along their first dimension, as numbers of another type where that differs.</summary>
    public static byte[] Join(int count, TensorElementType from, TensorElementType to)
    {
        var graph = new OnnxModelWriter();
        string[] parts = [.. Enumerable.Range(0, count).Select(Input)];
        Array.ForEach(parts, part => graph.Input(part, from));
        if (from == to)
        {
            return graph.Node("Concat", parts, [Output], ("axis", 0L)).Output(Output, to).ToArray();
        }

        return graph.Node("Concat", parts, ["joined"], ("axis", 0L))
            .Node("Cast", ["joined"], [Output], ("to", (long)to)).Output(Output, to).ToArray();
    }

    /// <summary>0 where every number of a tensor is finite, else NaN: a scalar.</summary>
    public static byte[] Finite() => new OnnxModelWriter()
        .Input(Input(0), TensorElementType.Float)
        .Constant("zero", [], 0f)
        .Node("Mul", [Input(0), "zero"], ["nothing"])
        .Node("ReduceSum", ["nothing"], [Output], ("keepdims", 0L))
        .Output(Output, TensorElementType.Float).ToArray();

    public OrtAllocator CreateAllocator(OrtMemoryInfo location) => new(_session, location);

    /// <summary>Runs to the end.</summary>
    public void Run(IReadOnlyList<OrtValue> inputs, OrtValue output)
    {
        using var passage = RecordingGate.Use(_gate);
        using var run = new RunOptions();
        _arenas.Apply(run, _arena, ref _shrunk);
        try
        {
            // A binding would copy what the host has in a stream that another run may have taken by then.
            _session.Run(run, _inputs, inputs, _outputs, [output]);
        }
        catch (OnnxRuntimeException error)
        {
            throw OnnxFailure.Classify(error, terminated: false, default);
        }
    }

    public void Dispose()
    {
        using var passage = RecordingGate.Load(_gate);
        _session.Dispose();
    }

    private static string Input(int index) => string.Create(CultureInfo.InvariantCulture, $"x{index}");
}
