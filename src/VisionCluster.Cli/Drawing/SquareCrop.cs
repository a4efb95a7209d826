using NetVips;
using VisionCluster.Contracts.Detection;

namespace VisionCluster.Cli.Drawing;

/// <summary>Cuts out objects as CLIP wants to see them.</summary>
internal static class SquareCrop
{
    /// <summary>The square around a box, its side the longer one; beyond the picture its edge is repeated.</summary>
    /// <returns>A PNG file.</returns>
    public static byte[] Cut(byte[] picture, PixelBox box)
    {
        using var image = Image.NewFromBuffer(picture);
        var side = (int)Math.Ceiling(Math.Max(box.X1 - box.X0, box.Y1 - box.Y0));
        var left = (int)Math.Floor(((box.X0 + box.X1) / 2) - (side / 2.0));
        var top = (int)Math.Floor(((box.Y0 + box.Y1) / 2) - (side / 2.0));
        using var framed = image.Embed(
            side, side, image.Width + (2 * side), image.Height + (2 * side), extend: Enums.Extend.Copy);
        using var crop = framed.Crop(left + side, top + side, side, side);
        return crop.PngsaveBuffer();
    }
}
