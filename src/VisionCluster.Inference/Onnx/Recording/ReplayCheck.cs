using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace VisionCluster.Inference.Onnx.Recording;

/// <summary>Compares a replay with a plain run. One that reads stale addresses gives a wrong answer and no error.</summary>
internal sealed class ReplayCheck : IDisposable
{
    /// <summary>Relative to the largest number; sums in another order differ by less.</summary>
    private const float Tolerance = 1e-3f;

    public ReplayCheck(FixedRun run, IReadOnlyList<OrtValue> inputs)
    {
        Zeros = [.. inputs.Select(static input => input.GetTensorTypeAndShape()).Select(static tensor => OnHost(tensor.ElementDataType, tensor.Shape))];
        Expected = [.. run.OutputShapes.Select((shape, i) => OnHost(run.OutputTypes[i], shape))];
        Replayed = [.. run.OutputShapes.Select((shape, i) => OnHost(run.OutputTypes[i], shape))];
    }

    /// <summary>Inputs of zeros.</summary>
    public IReadOnlyList<OrtValue> Zeros { get; }

    /// <summary>Outputs of the plain run.</summary>
    public IReadOnlyList<OrtValue> Expected { get; }

    /// <summary>Outputs of the replay.</summary>
    public IReadOnlyList<OrtValue> Replayed { get; }

    /// <exception cref="InvalidDataException">They differ.</exception>
    public void ThrowIfDifferent()
    {
        for (var i = 0; i < Expected.Count; i++)
        {
            if (!Same(Expected[i], Replayed[i]))
            {
                throw new InvalidDataException("a replay gives other numbers than a plain run");
            }
        }
    }

    public void Dispose()
    {
        foreach (var value in Zeros.Concat(Expected).Concat(Replayed))
        {
            value.Dispose();
        }
    }

    private static bool Same(OrtValue expected, OrtValue replayed)
    {
        var one = expected.GetTensorMutableRawData();
        var other = replayed.GetTensorMutableRawData();
        return expected.GetTensorTypeAndShape().ElementDataType == TensorElementType.Float
            ? Same(MemoryMarshal.Cast<byte, float>(one), MemoryMarshal.Cast<byte, float>(other))
            : one.SequenceEqual(other);
    }

    private static bool Same(ReadOnlySpan<float> expected, ReadOnlySpan<float> replayed)
    {
        var (largest, worst) = (1e-6f, 0f);
        for (var i = 0; i < expected.Length; i++)
        {
            if (float.IsFinite(expected[i]) != float.IsFinite(replayed[i]))
            {
                return false;
            }

            if (float.IsFinite(expected[i]))
            {
                largest = Math.Max(largest, Math.Abs(expected[i]));
                worst = Math.Max(worst, Math.Abs(expected[i] - replayed[i]));
            }
        }

        return worst <= Tolerance * largest;
    }

    private static OrtValue OnHost(TensorElementType type, long[] shape)
    {
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, shape);
        value.GetTensorMutableRawData().Clear();
        return value;
    }
}
