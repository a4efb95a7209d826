using System.Buffers;

namespace VisionCluster.Inference.Masks;

/// <summary>Collects alternating runs, beginning with the zeros, in a pooled buffer.</summary>
internal ref struct RunWriter
{
    private uint[] _runs;
    private int _count;
    private uint _length;

    /// <summary>An empty list.</summary>
    public RunWriter() => _runs = ArrayPool<uint>.Shared.Rent(4096);

    /// <summary>Appends pixels of one kind.</summary>
    public void Add(bool inside, int pixels)
    {
        // The kind of the open run is told by how many runs are closed: the even ones are zeros.
        if (pixels > 0 && inside != ((_count & 1) != 0))
        {
            Close();
        }

        _length += (uint)Math.Max(pixels, 0);
    }

    /// <summary>Ends the list and gives the buffer back.</summary>
    public uint[] ToArray()
    {
        Close();
        uint[] runs = _runs.AsSpan(0, _count).ToArray();
        ArrayPool<uint>.Shared.Return(_runs);
        return runs;
    }

    /// <summary>Ends the list, gives the buffer back, and says how many pixels are inside.</summary>
    public long ToArea()
    {
        Close();
        long area = MaskRuns.Area(_runs.AsSpan(0, _count));
        ArrayPool<uint>.Shared.Return(_runs);
        return area;
    }

    private void Close()
    {
        if (_count == _runs.Length)
        {
            uint[] larger = ArrayPool<uint>.Shared.Rent(2 * _count);
            _runs.CopyTo(larger, 0);
            ArrayPool<uint>.Shared.Return(_runs);
            _runs = larger;
        }

        _runs[_count++] = _length;
        _length = 0;
    }
}
