using NetVips;

namespace VisionCluster.Cli.Drawing;

/// <summary>Writes labels on plates of their object's colour, in a font of its own: a bare machine has none.</summary>
internal static class LabelPainter
{
    private static readonly string FontFile = Path.Combine(AppContext.BaseDirectory, "font", "DejaVuSans-Bold.ttf");

    private const int MaxMoves = 12;

    /// <summary>
    /// Writes a label whose plate stands on a point, moved so that all of it is in the picture and no other label is
    /// covered.
    /// </summary>
    /// <param name="canvas">What to write on.</param>
    /// <param name="x">Left edge of the plate.</param>
    /// <param name="y">Lower edge of the plate.</param>
    /// <param name="label">The text.</param>
    /// <param name="colour">The plate's colour.</param>
    public static void Label(this Canvas canvas, double x, double y, string label, Swatch colour)
    {
        FontConfiguration.Ensure();
        using var text = Image.Text(
            System.Net.WebUtility.HtmlEncode(label), font: $"DejaVu Sans Bold {canvas.TextSize}", fontfile: FontFile, dpi: 72);
        var letters = text.WriteToMemory<byte>();
        var (padding, plate) = (canvas.TextSize / 3, (int)(canvas.TextSize * 1.5));
        var width = text.Width + (2 * padding);
        var left = (int)Math.Clamp(x, 0, Math.Max(0, canvas.Width - width));
        var bottom = Free(canvas, left, width, (int)Math.Clamp(y, plate, Math.Max(plate, canvas.Height)), plate);
        canvas.Plates.Add((left, bottom - plate, left + width, bottom));
        canvas.Rectangle(left, bottom - plate, left + width, bottom, colour, 0.92);
        var top = bottom - ((plate + text.Height) / 2);
        for (var i = 0; i < letters.Length; i++)
        {
            canvas.Blend(left + padding + (i % text.Width), top + (i / text.Width), colour.Ink, letters[i] / 255.0);
        }
    }

    /// <summary>The lower edge nearest above, and else below, where no plate is yet.</summary>
    private static int Free(Canvas canvas, int left, int width, int bottom, int plate)
    {
        for (var move = 0; move < MaxMoves; move++)
        {
            foreach (var candidate in (int[])[bottom - (move * plate / 2), bottom + (move * plate / 2)])
            {
                if (candidate >= plate && candidate <= canvas.Height && !canvas.Plates.Exists(other =>
                    left < other.X1 && other.X0 < left + width && candidate - plate < other.Y1 && other.Y0 < candidate))
                {
                    return candidate;
                }
            }
        }

        return bottom;
    }
}
