using System.Buffers;
using System.Numerics.Tensors;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Masks;

/// <summary>
/// The columns of an upscaled mask at the low resolution's rows, one at a time: a weighted sum of at most four
/// low-resolution columns. Rents two columns and the logits turned, nothing of the picture's size.
/// </summary>
internal readonly ref struct UpscaledColumns
{
    private readonly float[] _pool;
    private readonly int _height;
    private readonly BilinearAxis _across;
    private readonly BilinearAxis _down;

    public UpscaledColumns(ReadOnlySpan<float> lowRes, int height, int width, int modelSize, ResizeGeometry geometry)
    {
        _height = height;
        _pool = ArrayPool<float>.Shared.Rent((height * width) + height);
        Transpose(lowRes, height, width, _pool.AsSpan(height));
        _across = new BilinearAxis(width, modelSize, geometry.ResizedWidth, geometry.SourceWidth);
        _down = new BilinearAxis(height, modelSize, geometry.ResizedHeight, geometry.SourceHeight);
        Crossings = new ColumnCrossings(_down, height);
    }

    /// <summary>The column that was mixed last.</summary>
    public ReadOnlySpan<float> Column => _pool.AsSpan(0, _height);

    /// <summary>Thresholds a column.</summary>
    public ColumnCrossings Crossings { get; }

    /// <summary>Mixes an output column.</summary>
    public void Mix(int x)
    {
        ReadOnlySpan<int> taps = _across.Taps(x);
        ReadOnlySpan<float> weights = _across.Weights(x);
        Span<float> column = _pool.AsSpan(0, _height);
        TensorPrimitives.Multiply(Source(taps[0]), weights[0], column);
        for (int t = 1; t < taps.Length; t++)
        {
            if (weights[t] != 0)
            {
                TensorPrimitives.MultiplyAdd(Source(taps[t]), weights[t], column, column);
            }
        }
    }

    /// <summary>Gives the buffers back.</summary>
    public void Dispose()
    {
        Crossings.Dispose();
        _down.Dispose();
        _across.Dispose();
        ArrayPool<float>.Shared.Return(_pool);
    }

    private ReadOnlySpan<float> Source(int column) => _pool.AsSpan(_height + (column * _height), _height);

    private static void Transpose(ReadOnlySpan<float> rows, int height, int width, Span<float> columns)
    {
        const int Block = 16;
        for (int y0 = 0; y0 < height; y0 += Block)
        {
            for (int x = 0; x < width; x++)
            {
                for (int y = y0; y < Math.Min(y0 + Block, height); y++)
                {
                    columns[(x * height) + y] = rows[(y * width) + x];
                }
            }
        }
    }
}
