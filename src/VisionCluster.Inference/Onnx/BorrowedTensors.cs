using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx;

/// <summary>Tensors of somebody else's that one run reads where they lie; dispose it when the run has ended.</summary>
internal sealed class BorrowedTensors : IDisposable
{
    private readonly List<OrtValue> _values = [];
    private readonly List<DeviceTensor> _held = [];

    /// <summary>Lets the next run read an array, which is not changed before the run has ended.</summary>
    public void Lend(BoundRun run, string input, float[] values, long[] shape)
    {
        var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values.AsMemory(), shape);
        _values.Add(value);
        run.Borrow(input, value, (long)values.Length * sizeof(float));
    }

    /// <summary>Lets the next run read a tensor on its device, which stays there until the run has ended.</summary>
    /// <exception cref="ObjectDisposedException">It has gone already.</exception>
    public void Lend(BoundRun run, string input, DeviceTensor tensor)
    {
        Hold(tensor);
        var value = tensor.View();
        _values.Add(value);
        run.Borrow(input, value);
    }

    /// <summary>Keeps a tensor on its device until the run has ended.</summary>
    /// <exception cref="ObjectDisposedException">It has gone already.</exception>
    public void Hold(DeviceTensor tensor)
    {
        tensor.Hold();
        _held.Add(tensor);
    }

    public void Dispose()
    {
        _values.ForEach(static value => value.Dispose());
        _held.ForEach(static tensor => tensor.Release());
        _held.Clear();
    }
}
