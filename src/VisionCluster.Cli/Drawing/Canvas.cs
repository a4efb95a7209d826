using NetVips;
using VisionCluster.Contracts.Detection;

namespace VisionCluster.Cli.Drawing;

/// <summary>An RGB picture that is drawn upon. Lines and letters grow with the picture.</summary>
internal sealed class Canvas
{
    private const double FillOpacity = 0.45;
    private const int Bands = 3;

    private readonly byte[] _pixels;

    private Canvas(int width, int height, byte[] pixels)
    {
        (Width, Height, _pixels) = (width, height, pixels);
        Stroke = Math.Max(2, Math.Min(width, height) / 200);
        TextSize = Math.Max(12, Math.Min(width, height) / 30);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Pixels that a line is wide.</summary>
    public int Stroke { get; }

    /// <summary>Height of letters, pixels.</summary>
    public int TextSize { get; }

    /// <summary>Where labels stand already.</summary>
    public List<(int X0, int Y0, int X1, int Y1)> Plates { get; } = [];

    /// <summary>A picture from its file, upright.</summary>
    public static Canvas FromFile(ReadOnlyMemory<byte> encoded)
    {
        using var image = Image.NewFromBuffer(encoded.ToArray());
        using var upright = image.Autorot();
        using var colour = upright.Colourspace(Enums.Interpretation.Srgb);
        using var flat = colour.HasAlpha() ? colour.Flatten() : colour.Copy();
        using var bytes = flat.Cast(Enums.BandFormat.Uchar);
        return new Canvas(bytes.Width, bytes.Height, bytes.WriteToMemory<byte>());
    }

    /// <summary>Tints a mask and draws its edge.</summary>
    public void Mask(MaskBitmap mask, Swatch colour)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Pixels.Length, Width * Height);
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                if (mask[x, y])
                {
                    Blend(x, y, colour, IsEdge(mask, x, y) ? 1 : FillOpacity);
                }
            }
        }
    }

    /// <summary>The outline of a box.</summary>
    public void Box(PixelBox box, Swatch colour)
    {
        var (x0, y0) = ((int)Math.Round(box.X0), (int)Math.Round(box.Y0));
        var (x1, y1) = ((int)Math.Round(box.X1), (int)Math.Round(box.Y1));
        Rectangle(x0, y0, x1, y0 + Stroke, colour);
        Rectangle(x0, y1 - Stroke, x1, y1, colour);
        Rectangle(x0, y0, x0 + Stroke, y1, colour);
        Rectangle(x1 - Stroke, y0, x1, y1, colour);
    }

    /// <summary>A click: a dot with a white rim.</summary>
    public void Dot(double x, double y, Swatch colour)
    {
        var radius = 3 * Stroke;
        for (var dy = -radius; dy <= radius; dy++)
        {
            for (var dx = -radius; dx <= radius; dx++)
            {
                var distance = Math.Sqrt((dx * dx) + (dy * dy));
                if (distance <= radius)
                {
                    var fill = distance > radius - Stroke ? Swatch.White : colour;
                    Blend((int)x + dx, (int)y + dy, distance > radius - 1 ? Swatch.Black : fill, 1);
                }
            }
        }
    }

    /// <summary>A filled rectangle.</summary>
    public void Rectangle(int x0, int y0, int x1, int y1, Swatch colour, double opacity = 1)
    {
        for (var y = y0; y < y1; y++)
        {
            for (var x = x0; x < x1; x++)
            {
                Blend(x, y, colour, opacity);
            }
        }
    }

    /// <summary>Mixes a colour into a pixel; beyond the edge nothing happens.</summary>
    public void Blend(int x, int y, Swatch colour, double opacity)
    {
        if ((uint)x >= (uint)Width || (uint)y >= (uint)Height)
        {
            return;
        }

        var pixel = _pixels.AsSpan(((y * Width) + x) * Bands, Bands);
        pixel[0] = Mix(pixel[0], colour.R, opacity);
        pixel[1] = Mix(pixel[1], colour.G, opacity);
        pixel[2] = Mix(pixel[2], colour.B, opacity);
    }

    /// <summary>The picture as a PNG file.</summary>
    public byte[] ToPng()
    {
        using var image = Image.NewFromMemory(_pixels, Width, Height, Bands, Enums.BandFormat.Uchar);
        using var colour = image.Copy(interpretation: Enums.Interpretation.Srgb);
        return colour.PngsaveBuffer();
    }

    private static byte Mix(byte under, byte over, double opacity) =>
        (byte)Math.Round((under * (1 - opacity)) + (over * opacity));

    private bool IsEdge(MaskBitmap mask, int x, int y)
    {
        var d = Stroke;
        return !(mask[x - d, y] && mask[x + d, y] && mask[x, y - d] && mask[x, y + d]
            && mask[x - d, y - d] && mask[x + d, y - d] && mask[x - d, y + d] && mask[x + d, y + d]);
    }
}
