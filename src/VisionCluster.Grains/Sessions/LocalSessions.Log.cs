using Microsoft.Extensions.Logging;

namespace VisionCluster.Grains.Sessions;

internal static partial class LocalSessionsLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Handed {Count} sessions over to other silos")]
    public static partial void HandedOver(this ILogger logger, int count);
}
