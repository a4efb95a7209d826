namespace VisionCluster.Server.Clustering;

internal static partial class RestoringMembershipTableLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis had lost the cluster's membership; it is written again")]
    public static partial void Restored(this ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The cluster's membership could not be copied")]
    public static partial void CopyFailed(this ILogger logger, Exception error);
}
