namespace VisionCluster.Server.Draining;

internal static partial class DrainServiceLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Leaving: not ready any more, serving on for {Seconds} s")]
    public static partial void Draining(this ILogger logger, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not everything was finished or handed over in time")]
    public static partial void DrainBrokenOff(this ILogger logger);
}
