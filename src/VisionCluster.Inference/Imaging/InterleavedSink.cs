using System.Numerics.Tensors;

namespace VisionCluster.Inference.Imaging;

/// <summary>Writes rows one below the other as numbers from 0 to 255, channels interleaved.</summary>
/// <param name="tensor">height * width * 3 numbers.</param>
internal readonly ref struct InterleavedSink(Span<float> tensor) : IRowSink
{
    private readonly Span<float> _tensor = tensor;

    /// <inheritdoc/>
    public void Take(int y, ReadOnlySpan<byte> rgb) =>
        TensorPrimitives.ConvertTruncating(rgb, _tensor.Slice(y * rgb.Length, rgb.Length));
}
