namespace VisionCluster.Gateway.Usage;

internal static partial class UsageMeterLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "The usage of {Tenant} could not be told to the cluster yet")]
    public static partial void NotTold(this ILogger logger, string tenant, Exception error);
}
