using System.Buffers;

namespace VisionCluster.Inference.Models.Proposals;

/// <summary>A picture as a detector of free size takes it; dispose it when its run has ended.</summary>
/// <param name="width">Columns, padding included.</param>
/// <param name="height">Rows, padding included.</param>
internal sealed class DetectorInput(int width, int height) : IDisposable
{
    private float[]? _values = ArrayPool<float>.Shared.Rent(3 * width * height);

    public int Width { get; } = width;

    public int Height { get; } = height;

    /// <summary>Planar, three channels.</summary>
    public Memory<float> Values => (_values ?? throw new ObjectDisposedException(nameof(DetectorInput))).AsMemory(0, 3 * Width * Height);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _values, null) is { } values)
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }
}
