using VisionCluster.Contracts.Errors;

namespace VisionCluster.Grains.Images;

/// <summary>What stores answer when they cannot keep an image.</summary>
internal static class StoreErrors
{
    private static readonly TimeSpan FullRetry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AwayRetry = TimeSpan.FromSeconds(2);

    public static VisionException Quota(long quota) =>
        new(VisionErrorCode.QuotaExceeded, $"The tenant's {quota} bytes of images are used up.");

    public static VisionException Images(int most) =>
        new(VisionErrorCode.QuotaExceeded, $"The tenant has {most} images, as many as it may: delete one.");

    public static VisionException Full(Exception? reason = null) =>
        new(VisionErrorCode.StoreUnavailable, "The image store is full.", reason) { RetryAfter = FullRetry };

    public static VisionException Away(Exception reason) =>
        new(VisionErrorCode.StoreUnavailable, "The image store cannot be used now.", reason) { RetryAfter = AwayRetry };
}
