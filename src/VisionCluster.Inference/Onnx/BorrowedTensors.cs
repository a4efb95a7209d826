using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx;

/// <summary>Tensors of somebody else's that one run reads where they lie; dispose it when the run has ended.</summary>
internal sealed class BorrowedTensors : IDisposable
{
    private readonly List<OrtValue> _values = [];

    /// <summary>Lets the next run read an array, which is not changed before the run has ended.</summary>
    public void Lend(BoundRun run, string input, float[] values, long[] shape)
    {
        var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values.AsMemory(), shape);
        _values.Add(value);
        run.Borrow(input, value);
    }

    public void Dispose() => _values.ForEach(value => value.Dispose());
}
