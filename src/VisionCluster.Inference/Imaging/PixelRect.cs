namespace VisionCluster.Inference.Imaging;

/// <summary>A rectangle of whole pixels.</summary>
/// <param name="X">Left column.</param>
/// <param name="Y">Top row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct PixelRect(int X, int Y, int Width, int Height)
{
    /// <summary>The part inside a picture; where there is none, the nearest single pixel.</summary>
    public PixelRect ClampTo(int width, int height)
    {
        int x0 = Math.Clamp(X, 0, width - 1);
        int y0 = Math.Clamp(Y, 0, height - 1);
        int x1 = (int)Math.Clamp((long)X + Width, x0 + 1, width);
        int y1 = (int)Math.Clamp((long)Y + Height, y0 + 1, height);
        return new PixelRect(x0, y0, x1 - x0, y1 - y0);
    }
}
