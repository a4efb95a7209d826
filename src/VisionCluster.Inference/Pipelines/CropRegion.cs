using VisionCluster.Contracts.Detection;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Pipelines;

/// <summary>What is cut out of an image for a box.</summary>
internal static class CropRegion
{
    /// <summary>
    /// The square around a box with its longer side, moved into the image where it reaches beyond: CLIP's centre crop
    /// would cut a long box's ends off.
    /// </summary>
    public static PixelRect Around(PixelBox box, int width, int height)
    {
        var side = (int)Math.Ceiling(Math.Max(box.X1 - box.X0, box.Y1 - box.Y0));
        var (cropWidth, cropHeight) = (Math.Clamp(side, 1, width), Math.Clamp(side, 1, height));
        var x = (int)Math.Round(((box.X0 + box.X1) / 2) - (cropWidth / 2d));
        var y = (int)Math.Round(((box.Y0 + box.Y1) / 2) - (cropHeight / 2d));
        return new PixelRect(
            Math.Clamp(x, 0, width - cropWidth), Math.Clamp(y, 0, height - cropHeight), cropWidth, cropHeight);
    }
}
