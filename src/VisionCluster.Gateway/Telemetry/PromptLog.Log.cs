namespace VisionCluster.Gateway.Telemetry;

internal static partial class PromptLogMessages
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Endpoint} asked for: {Words}")]
    public static partial void Asked(this ILogger logger, string endpoint, string words);
}
