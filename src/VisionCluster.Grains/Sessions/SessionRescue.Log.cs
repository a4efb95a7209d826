using Microsoft.Extensions.Logging;

namespace VisionCluster.Grains.Sessions;

internal static partial class SessionRescueLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis was emptied; {Kept} of {Count} live sessions are stored again")]
    public static partial void Rescued(this ILogger logger, int kept, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A session could not be stored again after Redis was emptied")]
    public static partial void RescueFailed(this ILogger logger, Exception error);
}
