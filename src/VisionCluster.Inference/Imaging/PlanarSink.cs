namespace VisionCluster.Inference.Imaging;

/// <summary>Normalises rows into three planes of a square tensor and zeroes what the rows leave free at the right.</summary>
/// <param name="tensor">3 * size * size numbers.</param>
/// <param name="lookup">256 values a channel.</param>
/// <param name="size">Side of the square.</param>
internal readonly ref struct PlanarSink(Span<float> tensor, ReadOnlySpan<float> lookup, int size) : IRowSink
{
    private readonly Span<float> _tensor = tensor;
    private readonly ReadOnlySpan<float> _lookup = lookup;

    /// <inheritdoc/>
    public void Take(int y, ReadOnlySpan<byte> rgb)
    {
        int width = rgb.Length / 3;
        for (int channel = 0; channel < 3; channel++)
        {
            Span<float> row = _tensor.Slice((((channel * size) + y) * size), size);
            ReadOnlySpan<float> values = _lookup.Slice(256 * channel, 256);
            for (int x = 0, i = channel; x < width; x++, i += 3)
            {
                row[x] = values[rgb[i]];
            }

            row[width..].Clear();
        }
    }
}
