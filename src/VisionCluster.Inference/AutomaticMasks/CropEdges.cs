using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.AutomaticMasks;

/// <summary>Masks that a crop has cut off, as segment-anything's is_box_near_crop_edge tells them.</summary>
public static class CropEdges
{
    private const int Near = 20;

    /// <summary>Whether a side of the box is within 20 pixels of the crop's, and not of the image's.</summary>
    /// <param name="x0">First column of the mask in the image.</param>
    /// <param name="y0">First row.</param>
    /// <param name="x1">Last column.</param>
    /// <param name="y1">Last row.</param>
    /// <param name="crop">The crop in the image.</param>
    /// <param name="width">Of the image.</param>
    /// <param name="height">Of the image.</param>
    public static bool IsCut(int x0, int y0, int x1, int y1, PixelRect crop, int width, int height) =>
        IsCut(x0, crop.X, 0) || IsCut(y0, crop.Y, 0)
        || IsCut(x1, crop.X + crop.Width, width) || IsCut(y1, crop.Y + crop.Height, height);

    private static bool IsCut(int side, int crop, int image) =>
        Math.Abs(side - crop) <= Near && Math.Abs(side - image) > Near;
}
