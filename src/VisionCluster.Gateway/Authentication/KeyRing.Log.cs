namespace VisionCluster.Gateway.Authentication;

internal static partial class KeyRingLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The keys have changed; {Count} are let in now")]
    public static partial void KeysChanged(this ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The configuration of keys changed and cannot be used, the old keys go on: {Reason}")]
    public static partial void KeysKept(this ILogger logger, string reason);
}
