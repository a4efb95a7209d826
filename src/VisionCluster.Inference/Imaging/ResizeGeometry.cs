namespace VisionCluster.Inference.Imaging;

/// <summary>
/// Where a picture lands in a model's square input: resized, then cut from (<see cref="CropX"/>,
/// <see cref="CropY"/>) on. Pixels throughout.
/// </summary>
/// <param name="SourceWidth">Width of the picture.</param>
/// <param name="SourceHeight">Height of the picture.</param>
/// <param name="ResizedWidth">Width after resizing.</param>
/// <param name="ResizedHeight">Height after resizing.</param>
/// <param name="CropX">Left column of the cut.</param>
/// <param name="CropY">Top row of the cut.</param>
public readonly record struct ResizeGeometry(
    int SourceWidth, int SourceHeight, int ResizedWidth, int ResizedHeight, int CropX, int CropY)
{
    /// <summary>
    /// The geometry of a picture. Rounding follows segment-anything's ResizeLongestSide (half up) and torchvision's
    /// Resize (down) and CenterCrop (half to even); no side becomes less than one pixel.
    /// </summary>
    public static ResizeGeometry For(ImagePreprocessing options, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        int size = options.Size;
        switch (options.Resize)
        {
            case ResizeMode.LongestSidePad:
                double scale = size * 1.0 / Math.Max(width, height);
                int padWidth = Math.Max(1, (int)((width * scale) + 0.5));
                int padHeight = Math.Max(1, (int)((height * scale) + 0.5));
                return new ResizeGeometry(width, height, padWidth, padHeight, 0, 0);
            case ResizeMode.ShortestSideCrop:
                int newLong = (int)((long)size * Math.Max(width, height) / Math.Min(width, height));
                (int w, int h) = width <= height ? (size, newLong) : (newLong, size);
                return new ResizeGeometry(width, height, w, h, CropOffset(w, size), CropOffset(h, size));
            case ResizeMode.Stretch:
                return new ResizeGeometry(width, height, size, size, 0, 0);
            case ResizeMode.ShortestSide:
                double fit = Math.Min(
                    (double)size / Math.Min(width, height), (double)options.MaxSide / Math.Max(width, height));
                return new ResizeGeometry(
                    width, height, Math.Max(1, (int)((width * fit) + 0.5)), Math.Max(1, (int)((height * fit) + 0.5)), 0, 0);
            default:
                throw new ArgumentOutOfRangeException(nameof(options), options.Resize, "Unknown resize mode.");
        }
    }

    /// <summary>A point of the picture in the frame of the model's input.</summary>
    public (float X, float Y) Map(double x, double y) => (
        (float)((x * ((double)ResizedWidth / SourceWidth)) - CropX),
        (float)((y * ((double)ResizedHeight / SourceHeight)) - CropY));

    private static int CropOffset(int side, int size) =>
        (int)Math.Round((side - size) / 2.0, MidpointRounding.ToEven);
}
