using Microsoft.Extensions.Logging;

namespace VisionCluster.Grains.Images;

internal static partial class ImageSweepLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Removed {Count} expired images")]
    public static partial void Swept(this ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Expired images could not be removed")]
    public static partial void SweepFailed(this ILogger logger, Exception error);
}
