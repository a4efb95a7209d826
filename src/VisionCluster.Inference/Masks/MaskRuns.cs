using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Masks;

/// <summary>Arithmetic on column-major runs that alternate, beginning with the zeros.</summary>
public static class MaskRuns
{
    /// <summary>Writes a mask row by row: 0 outside, <paramref name="inside"/> inside.</summary>
    /// <param name="runs">They must sum to height * width.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="rows">height * width bytes, row-major.</param>
    /// <param name="inside">The value of mask pixels.</param>
    public static void Fill(ReadOnlySpan<uint> runs, int height, int width, Span<byte> rows, byte inside)
    {
        rows = rows[..checked(height * width)];
        rows.Clear();
        long position = 0;
        for (int i = 0; i < runs.Length; i++)
        {
            long end = position + runs[i];
            if ((i & 1) != 0 && end > position)
            {
                (int x, int y) = ((int)(position / height), (int)(position % height));
                for (long p = position; p < end; p++)
                {
                    rows[(y * width) + x] = inside;
                    if (++y == height)
                    {
                        (x, y) = (x + 1, 0);
                    }
                }
            }

            position = end;
        }
    }

    /// <summary>The runs of a row-major mask; any byte other than 0 is inside.</summary>
    public static uint[] Find(ReadOnlySpan<byte> rows, int height, int width)
    {
        var runs = new List<uint>();
        bool current = false;
        uint length = 0;
        for (int x = 0; x < width; x++)
        {
            for (int y = 0; y < height; y++)
            {
                bool inside = rows[(y * width) + x] != 0;
                if (inside != current)
                {
                    runs.Add(length);
                    (current, length) = (inside, 0);
                }

                length++;
            }
        }

        runs.Add(length);
        return [.. runs];
    }

    /// <summary>Pixels inside.</summary>
    public static long Area(ReadOnlySpan<uint> runs)
    {
        long area = 0;
        for (int i = 1; i < runs.Length; i += 2)
        {
            area += runs[i];
        }

        return area;
    }

    /// <summary>The tightest box, as pycocotools' toBbox gives it; all zero where the mask is empty.</summary>
    public static PixelRect Box(ReadOnlySpan<uint> runs, int height)
    {
        (int left, int top, int right, int bottom) = (int.MaxValue, int.MaxValue, -1, -1);
        long position = 0;
        for (int i = 0; i < runs.Length; i++)
        {
            if ((i & 1) != 0 && runs[i] > 0)
            {
                long last = position + runs[i] - 1;
                (int x0, int y0) = ((int)(position / height), (int)(position % height));
                (int x1, int y1) = ((int)(last / height), (int)(last % height));
                if (x0 < x1)
                {
                    (y0, y1) = (0, height - 1);
                }

                (left, right) = (Math.Min(left, x0), Math.Max(right, x1));
                (top, bottom) = (Math.Min(top, y0), Math.Max(bottom, y1));
            }

            position += runs[i];
        }

        return right < 0 ? default : new PixelRect(left, top, right - left + 1, bottom - top + 1);
    }
}
