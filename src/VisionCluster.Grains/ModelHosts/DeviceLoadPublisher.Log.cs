using Microsoft.Extensions.Logging;

namespace VisionCluster.Grains.ModelHosts;

internal static partial class DeviceLoadPublisherLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "The load of this silo's devices could not be reported")]
    public static partial void ReportFailed(this ILogger logger, Exception error);
}
