namespace VisionCluster.Inference.Models.Regions;

/// <summary>Boxes on one feature map.</summary>
/// <param name="Features">The image.</param>
/// <param name="Boxes">x0, y0, x1, y1 of each, pixels of the detector's input.</param>
/// <param name="Count">How many of them.</param>
internal sealed record RegionBatch(RegionFeatures Features, float[] Boxes, int Count)
{
    private const int SmallestBucket = 8;

    /// <summary>Rows that are run: the next power of two, so that few sizes exist.</summary>
    public int Bucket => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(Count, SmallestBucket));
}
