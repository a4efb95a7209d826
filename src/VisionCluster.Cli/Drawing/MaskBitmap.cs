namespace VisionCluster.Cli.Drawing;

/// <summary>A mask of an image's size.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Row-major, one byte a pixel; anything but 0 is inside.</param>
internal sealed record MaskBitmap(int Width, int Height, byte[] Pixels)
{
    /// <summary>Pixels inside.</summary>
    public int Area => Pixels.Length - Pixels.AsSpan().Count((byte)0);

    /// <summary>Whether a pixel is inside; those beyond the edge are not.</summary>
    public bool this[int x, int y] => (uint)x < (uint)Width && (uint)y < (uint)Height && Pixels[(y * Width) + x] != 0;

    /// <summary>Intersection over union, 0 to 1; 0 for two empty masks.</summary>
    public double IntersectionOverUnion(MaskBitmap other)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(other.Pixels.Length, Pixels.Length);
        var (both, either) = (0, 0);
        for (var i = 0; i < Pixels.Length; i++)
        {
            var (here, there) = (Pixels[i] != 0, other.Pixels[i] != 0);
            both += here && there ? 1 : 0;
            either += here || there ? 1 : 0;
        }

        return either == 0 ? 0 : (double)both / either;
    }

    /// <summary>The pixel that is farthest from the outside, in steps along rows and columns.</summary>
    public (int X, int Y) MostInterior()
    {
        var distances = new int[Pixels.Length];
        for (var i = 0; i < Pixels.Length; i++)
        {
            distances[i] = Pixels[i] == 0 ? 0 : 1 + Math.Min(At(distances, i, -1), At(distances, i, -Width));
        }

        var best = 0;
        for (var i = Pixels.Length - 1; i >= 0; i--)
        {
            distances[i] = Math.Min(distances[i], 1 + Math.Min(At(distances, i, 1), At(distances, i, Width)));
            best = distances[i] > distances[best] ? i : best;
        }

        return (best % Width, best / Width);
    }

    /// <summary>The distance of a neighbour; 0 beyond the edge, also where a step along a row would leave it.</summary>
    private int At(int[] distances, int index, int step)
    {
        var (x, neighbour) = (index % Width, index + step);
        var leaves = (step == -1 && x == 0) || (step == 1 && x == Width - 1);
        return leaves || (uint)neighbour >= (uint)distances.Length ? 0 : distances[neighbour];
    }
}
