using System.Numerics.Tensors;

namespace VisionCluster.Inference.Models.Clip;

/// <summary>Vectors of length 1.</summary>
public static class UnitVector
{
    /// <summary>A copy of a vector, scaled to length 1; of zeros where it is zero, and not a number where it is not.</summary>
    public static float[] Of(ReadOnlySpan<float> vector)
    {
        var unit = new float[vector.Length];
        var norm = TensorPrimitives.Norm(vector);
        if (norm != 0)
        {
            TensorPrimitives.Divide(vector, norm, unit);
        }

        return unit;
    }

    /// <summary>The mean of unit vectors, scaled to length 1: how CLIP makes one classifier of several templates.</summary>
    public static float[] MeanOf(IReadOnlyList<float[]> vectors)
    {
        if (vectors.Count == 1)
        {
            return vectors[0];
        }

        var sum = new float[vectors[0].Length];
        foreach (var vector in vectors)
        {
            TensorPrimitives.Add(sum, vector, sum);
        }

        return Of(sum);
    }
}
