using System.Numerics.Tensors;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Embeddings;

/// <summary>
/// The numbers of a feature map as they are kept: float32, or float16 at half the bytes, in the host's memory or the device's.
/// Never changed once made.
/// </summary>
internal sealed class FeatureTensor
{
    private readonly float[]? _floats;
    private readonly Half[]? _halves;
    private readonly DeviceTensors? _memory;

    /// <summary>Takes an encoder's output over, or a narrower copy of it.</summary>
    public FeatureTensor(float[] values, EmbeddingPrecision precision)
    {
        Length = values.Length;
        if (precision == EmbeddingPrecision.Half)
        {
            _halves = GC.AllocateUninitializedArray<Half>(values.Length);
            TensorPrimitives.ConvertToHalf(values, _halves);
        }
        else
        {
            _floats = values;
        }
    }

    /// <summary>Takes over a tensor that lies on a device.</summary>
    public FeatureTensor(DeviceTensor tensor, DeviceTensors memory)
    {
        Length = tensor.Length;
        OnDevice = tensor;
        _memory = memory;
    }

    /// <summary>The numbers on their device; null where the host has them.</summary>
    public DeviceTensor? OnDevice { get; }

    /// <summary>Numbers.</summary>
    public int Length { get; }

    /// <summary>Memory they take.</summary>
    public long Bytes => OnDevice?.Bytes ?? Length * (_floats is null ? 2L : sizeof(float));

    /// <summary>The numbers where they lie, for a graph to read; null where they are kept as float16 or on a device.</summary>
    public float[]? Floats => _floats;

    /// <summary>Writes them as float32.</summary>
    public void CopyTo(Span<float> destination)
    {
        if (OnDevice is not null)
        {
            _memory!.Download(OnDevice, destination);
        }
        else if (_floats is not null)
        {
            _floats.CopyTo(destination);
        }
        else
        {
            TensorPrimitives.ConvertToSingle(_halves, destination);
        }
    }

    /// <summary>As float32; not to be changed.</summary>
    public float[] ToFloats()
    {
        if (_floats is not null)
        {
            return _floats;
        }

        var values = GC.AllocateUninitializedArray<float>(Length);
        CopyTo(values);
        return values;
    }
}
