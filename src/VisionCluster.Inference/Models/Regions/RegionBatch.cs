namespace VisionCluster.Inference.Models.Regions;

/// <summary>Boxes on one feature map.</summary>
/// <param name="Features">The image.</param>
/// <param name="Boxes">x0, y0, x1, y1 of each, pixels of the detector's input.</param>
/// <param name="Count">How many of them.</param>
internal sealed record RegionBatch(RegionFeatures Features, float[] Boxes, int Count)
{
    private const int SmallestBucket = 8;

    // Sizes between two powers of two.
    private const uint Steps = 8;

    /// <summary>Rows that are run: a few sizes exist, and no more than an eighth of the rows is for nothing.</summary>
    public int Bucket
    {
        get
        {
            var count = (uint)Math.Max(Count, SmallestBucket);
            var step = Math.Max(1, System.Numerics.BitOperations.RoundUpToPowerOf2(count) / 2 / Steps);
            return (int)((count + step - 1) / step * step);
        }
    }
}
