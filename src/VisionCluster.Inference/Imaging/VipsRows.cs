using NetVips;

namespace VisionCluster.Inference.Imaging;

/// <summary>
/// The rows of a picture as they are decoded, a few at a time: neither the picture's pixels nor a copy of them are ever
/// in memory as a whole.
/// </summary>
internal sealed class VipsRows : IRowSource, IDisposable
{
    // Strips this small are no large objects and stay in the processor's cache.
    private const int StripBytes = 48 << 10;

    private readonly Image _bytes;
    private readonly Region _region;
    private readonly bool _inks;
    private readonly int _stripRows;
    private readonly byte[] _rgb;
    private readonly Action _check;
    private int _first;
    private int _count;

    /// <param name="image">Opened for sequential access, not turned.</param>
    /// <param name="check">Is called before each strip and may throw.</param>
    public VipsRows(Image image, Action check)
    {
        _bytes = VipsPixels.ToBytes(image);
        _region = Region.New(_bytes);
        _inks = image.Interpretation == Enums.Interpretation.Cmyk;
        _stripRows = Math.Clamp(StripBytes / (_bytes.Bands * _bytes.Width), 1, _bytes.Height);
        _rgb = GC.AllocateUninitializedArray<byte>(3 * _bytes.Width * _stripRows);
        _check = check;
    }

    public int Width => _bytes.Width;

    public int Height => _bytes.Height;

    public ReadOnlySpan<byte> Row(int y, Span<byte> edge)
    {
        while (y >= _first + _count)
        {
            ReadStrip();
        }

        var row = _rgb.AsSpan(3 * Width * (y - _first));
        if (row.Length >= edge.Length)
        {
            return row[..edge.Length];
        }

        row[..(3 * Width)].CopyTo(edge);
        return edge;
    }

    /// <summary>Decodes what is left, so that a damaged end is found even where nobody needs its pixels.</summary>
    public void Finish()
    {
        while (_first + _count < Height)
        {
            ReadStrip();
        }
    }

    public void Dispose()
    {
        _region.Dispose();
        _bytes.Dispose();
    }

    private void ReadStrip()
    {
        _check();
        _first += _count;
        _count = Math.Min(_stripRows, Height - _first);
        var strip = _region.Fetch(0, _first, Width, _count);
        VipsPixels.Copy(strip, _bytes.Bands, _inks, _rgb.AsSpan(0, 3 * Width * _count));
    }
}
