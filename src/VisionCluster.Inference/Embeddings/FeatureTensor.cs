using System.Numerics.Tensors;
using VisionCluster.Inference.Catalog;

namespace VisionCluster.Inference.Embeddings;

/// <summary>The numbers of a feature map as they are kept: float32, or float16 at half the bytes. Never changed once made.</summary>
internal sealed class FeatureTensor
{
    private readonly float[]? _floats;
    private readonly Half[]? _halves;

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

    /// <summary>Numbers.</summary>
    public int Length { get; }

    /// <summary>Memory they take.</summary>
    public long Bytes => Length * (_floats is null ? 2L : sizeof(float));

    /// <summary>The numbers where they lie, for a graph to read; null where they are kept as float16.</summary>
    public float[]? Floats => _floats;

    /// <summary>Writes them as float32.</summary>
    public void CopyTo(Span<float> destination)
    {
        if (_floats is not null)
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
