using System.Numerics.Tensors;

namespace VisionCluster.Cli.Drawing;

/// <summary>A mask of an image's size.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Row-major, one byte a pixel; anything but 0 is inside.</param>
internal sealed record MaskBitmap(int Width, int Height, byte[] Pixels)
{
    /// <summary>The neighbours that a pass from above has seen: columns and rows back, and the way's length.</summary>
    private static readonly (int X, int Y, float Length)[] Steps =
    [
        (1, 0, 1), (0, 1, 1), (1, 1, 1.4f), (-1, 1, 1.4f), (2, 1, 2.1969f), (-2, 1, 2.1969f), (1, 2, 2.1969f), (-1, 2, 2.1969f),
    ];

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

    /// <summary>What is inside here and not there.</summary>
    public MaskBitmap Without(MaskBitmap other) =>
        new(Width, Height, [.. Pixels.Zip(other.Pixels, (here, there) => (byte)(here != 0 && there == 0 ? 1 : 0))]);

    /// <summary>
    /// The pixel that is farthest from the outside, to which the picture's surroundings belong; the first of several.
    /// Distances are those of a 5 x 5 chamfer (G. Borgefors, Distance transformations in digital images, 1986).
    /// </summary>
    public (int X, int Y) MostInterior()
    {
        var distances = new float[Pixels.Length];
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] = Pixels[i] == 0 ? 0 : Nearest(distances, i, 1);
        }

        for (var i = distances.Length - 1; i >= 0; i--)
        {
            distances[i] = Math.Min(distances[i], Nearest(distances, i, -1));
        }

        var best = distances.AsSpan().IndexOf(TensorPrimitives.Max<float>(distances));
        return (best % Width, best / Width);
    }

    /// <summary>The least of the neighbours' distances and the way to them, before (1) or behind (-1) a pixel.</summary>
    private float Nearest(float[] distances, int index, int direction)
    {
        var (x, y) = (index % Width, index / Width);
        var nearest = float.MaxValue;
        foreach (var (dx, dy, length) in Steps)
        {
            var (nextX, nextY) = (x - (direction * dx), y - (direction * dy));
            var inside = (uint)nextX < (uint)Width && (uint)nextY < (uint)Height;
            nearest = Math.Min(nearest, length + (inside ? distances[(nextY * Width) + nextX] : 0));
        }

        return nearest;
    }
}
