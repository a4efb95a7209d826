using Microsoft.Extensions.Logging;

namespace VisionCluster.Grains.Sessions;

internal static partial class SessionRecordLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A session's longer life could not be stored yet")]
    public static partial void ProlongFailed(this ILogger logger, Exception error);
}
