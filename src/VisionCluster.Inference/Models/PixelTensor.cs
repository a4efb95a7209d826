using System.Buffers;

namespace VisionCluster.Inference.Models;

/// <summary>A rented input of an image encoder, float32; dispose it when its run has ended.</summary>
internal sealed class PixelTensor(int length) : IDisposable
{
    private float[]? _values = ArrayPool<float>.Shared.Rent(length);

    public Span<float> Values => Memory.Span;

    public Memory<float> Memory => (_values ?? throw new ObjectDisposedException(nameof(PixelTensor))).AsMemory(0, length);

    /// <summary>Rows of a picture that keeps its shape; 0 for one that fills the model's square.</summary>
    public int Height { get; set; }

    /// <summary>Columns of such a picture.</summary>
    public int Width { get; set; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _values, null) is { } values)
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }
}
