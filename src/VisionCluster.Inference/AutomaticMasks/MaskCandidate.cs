using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Masks;

namespace VisionCluster.Inference.AutomaticMasks;

/// <summary>A mask that has passed the thresholds; pixels of the whole image throughout.</summary>
/// <param name="Id">Unique within the call.</param>
/// <param name="Runs">Column-major runs of the image.</param>
/// <param name="Box">Columns and rows from the first to the last inside; an empty mask has the crop's first pixel.</param>
/// <param name="Score">Predicted IoU.</param>
/// <param name="Stability">Stability score; NaN for an empty mask.</param>
/// <param name="Point">What found it.</param>
/// <param name="Crop">Where it was found.</param>
internal sealed record MaskCandidate(
    int Id, uint[] Runs, InclusiveBox Box, float Score, float Stability, (double X, double Y) Point, PixelRect Crop)
{
    public long Bytes => Runs.Length * (long)sizeof(uint);

    /// <summary>Runs of a crop as runs of the image.</summary>
    public static uint[] Uncrop(MaskResult mask, PixelRect crop, int width, int height)
    {
        if (crop.Width == width && crop.Height == height)
        {
            return mask.Runs.ToArray();
        }

        var writer = new RunWriter();
        long position = 0;
        foreach (var (x, top, end) in ColumnSegment.Split(mask.Runs.Span, mask.Height, inside: true))
        {
            var start = ((long)(crop.X + x) * height) + crop.Y + top;
            writer.Add(false, (int)(start - position));
            writer.Add(true, end - top);
            position = start + end - top;
        }

        writer.Add(false, (int)(((long)width * height) - position));
        return writer.ToArray();
    }
}
