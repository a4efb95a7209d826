namespace VisionCluster.Inference.Imaging;

/// <summary>The rows of a rectangle inside a decoded picture.</summary>
internal readonly struct MemoryRows(RgbImage image, PixelRect region) : IRowSource
{
    public int Width => region.Width;

    public int Height => region.Height;

    public ReadOnlySpan<byte> Row(int y, Span<byte> edge)
    {
        var pixels = image.Pixels.Span;
        int start = 3 * (((region.Y + y) * image.Width) + region.X);
        if (pixels.Length - start >= edge.Length)
        {
            return pixels.Slice(start, edge.Length);
        }

        pixels.Slice(start, 3 * region.Width).CopyTo(edge);
        return edge;
    }
}
