using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.AutomaticMasks;

/// <summary>A box by its first and last column and row, as segment-anything's batched_mask_to_box gives it.</summary>
internal readonly record struct InclusiveBox(int X0, int Y0, int X1, int Y1)
{
    /// <summary>The box of a mask's columns and rows, moved; a mask without any is one pixel.</summary>
    public static InclusiveBox Of(PixelRect box, int x, int y) => new(
        x + box.X, y + box.Y, x + box.X + Math.Max(0, box.Width - 1), y + box.Y + Math.Max(0, box.Height - 1));
}
