using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.AutomaticMasks;

/// <summary>Overlapping crops of an image as segment-anything's generate_crop_boxes makes them.</summary>
public static class CropLayers
{
    /// <summary>The whole image, then each layer's crops column by column.</summary>
    /// <param name="width">Of the image, pixels.</param>
    /// <param name="height">Of the image, pixels.</param>
    /// <param name="layers">Layer i has 2^i by 2^i crops.</param>
    /// <param name="overlapRatio">Overlap as a share of the shorter side; halves with each layer.</param>
    public static IReadOnlyList<(PixelRect Box, int Layer)> Boxes(int width, int height, int layers, double overlapRatio)
    {
        var boxes = new List<(PixelRect, int)> { (new PixelRect(0, 0, width, height), 0) };
        for (var layer = 1; layer <= layers; layer++)
        {
            var side = 1 << layer;
            var overlap = (int)(overlapRatio * Math.Min(width, height) * (2d / side));
            var (cropWidth, cropHeight) = (Length(width, side, overlap), Length(height, side, overlap));
            for (var column = 0; column < side; column++)
            {
                for (var row = 0; row < side; row++)
                {
                    var (x, y) = ((cropWidth - overlap) * column, (cropHeight - overlap) * row);
                    boxes.Add((
                        new PixelRect(x, y, Math.Min(cropWidth, width - x), Math.Min(cropHeight, height - y)), layer));
                }
            }
        }

        return boxes;
    }

    private static int Length(int whole, int side, int overlap) =>
        (int)Math.Ceiling((overlap * (side - 1d) + whole) / side);
}
