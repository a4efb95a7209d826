namespace VisionCluster.Server.Roles;

internal static partial class ModelLoaderLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Remark}")]
    public static partial void DeviceMissing(this ILogger logger, string remark);
}
