using VisionCluster.Contracts.Errors;

namespace VisionCluster.Gateway.Admission;

/// <summary>How much a compressed body may grow.</summary>
internal static class InflationLimit
{
    /// <summary>Bytes that any body may inflate to.</summary>
    public const long Free = 4 << 20;

    /// <summary>Inflated bytes for each byte that came.</summary>
    public const long Ratio = 20;

    /// <exception cref="VisionException"><c>ImageTooLarge</c>.</exception>
    public static void Check(long packed, long inflated)
    {
        if (inflated > Free + (Ratio * packed))
        {
            throw new VisionException(VisionErrorCode.ImageTooLarge, $"A compressed body may inflate to at most {Ratio} times its size.");
        }
    }
}
