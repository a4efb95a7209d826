using System.Buffers;

namespace VisionCluster.Inference.Models;

/// <summary>A rented input of an image encoder, planar float32; dispose it when its run has ended.</summary>
internal sealed class PixelTensor(int length) : IDisposable
{
    private float[]? _values = ArrayPool<float>.Shared.Rent(length);

    public Span<float> Values => (_values ?? throw new ObjectDisposedException(nameof(PixelTensor))).AsSpan(0, length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _values, null) is { } values)
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }
}
