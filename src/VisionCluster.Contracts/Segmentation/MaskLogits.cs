using System.Runtime.InteropServices;

namespace VisionCluster.Contracts.Segmentation;

/// <summary>Low-resolution logits of a mask in the frame of the model's padded square input.</summary>
/// <param name="Shape">Height and width.</param>
/// <param name="Data">float32, little endian, row by row; base64 in JSON.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.MaskLogits")]
public sealed record MaskLogits([property: Id(0)] IReadOnlyList<int> Shape, [property: Id(1)] ReadOnlyMemory<byte> Data)
{
    /// <summary>Longest side that is taken from a caller.</summary>
    public const int MaxSide = 1024;

    /// <summary>Whether the data is as long as the shape says, of a size that is taken, and all of it finite.</summary>
    internal bool IsValid() =>
        Shape is { Count: 2 } && Shape.All(side => side is >= 1 and <= MaxSide)
        && Data.Length == sizeof(float) * Shape[0] * Shape[1] && IsFinite(MemoryMarshal.Cast<byte, float>(Data.Span));

    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }
}
