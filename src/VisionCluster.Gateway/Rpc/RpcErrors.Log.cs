namespace VisionCluster.Gateway.Rpc;

internal static partial class RpcErrorsLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Call {Method} failed")]
    public static partial void CallFailed(this ILogger logger, string method, Exception error);
}
