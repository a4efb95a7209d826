using Microsoft.Extensions.Logging;

namespace VisionCluster.Grains.Errors;

internal static partial class ErrorBoundaryFilterLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Grain call {Method} failed")]
    public static partial void CallFailed(this ILogger logger, string method, Exception error);
}
