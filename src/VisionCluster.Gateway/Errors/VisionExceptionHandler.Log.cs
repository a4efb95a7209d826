namespace VisionCluster.Gateway.Errors;

internal static partial class VisionExceptionHandlerLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Request {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, string path, Exception error);
}
