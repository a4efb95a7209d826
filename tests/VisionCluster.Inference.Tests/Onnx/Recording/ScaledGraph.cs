using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Onnx.Recording;

namespace VisionCluster.Inference.Tests.Onnx.Recording;

/// <summary>y = 3x + 1 on a CPU, and what a CUDA device would have done of it: recorded under a number, or replayed.</summary>
internal sealed class ScaledGraph : IRecordedGraph, IDisposable
{
    private readonly RunOptions _options = new();
    private InferenceSession _session = Open();

    /// <summary>The numbers of all runs: 0 is step by step.</summary>
    public List<int> Runs { get; } = [];

    /// <summary>How often it was opened again.</summary>
    public int Reopened { get; private set; }

    /// <summary>What a run under a number does instead; null: what it should.</summary>
    public Action? Instead { get; set; }

    public OrtIoBinding CreateBinding() => _session.CreateIoBinding();

    public void Run(OrtIoBinding binding, int recording, RunLimit limit)
    {
        Runs.Add(recording);
        if (recording > 0 && Instead is not null && Runs.Count(run => run == recording) > 1)
        {
            Instead();
            return;
        }

        _session.RunWithBinding(_options, binding);
    }

    public void OpenAnew()
    {
        _session.Dispose();
        _session = Open();
        Reopened++;
    }

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
    }

    private static InferenceSession Open() => new(new OnnxModelWriter()
        .Input("x", TensorElementType.Float).Constant("three", [1], 3f).Constant("one", [1], 1f)
        .Node("Mul", ["x", "three"], ["scaled"]).Node("Add", ["scaled", "one"], ["y"])
        .Output("y", TensorElementType.Float).ToArray());
}
