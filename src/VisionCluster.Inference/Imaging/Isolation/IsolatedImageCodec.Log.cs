using Microsoft.Extensions.Logging;

namespace VisionCluster.Inference.Imaging.Isolation;

internal static partial class IsolatedImageCodecLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A decoder process ended over a picture with code {ExitCode}; another takes its place")]
    public static partial void DecoderEnded(this ILogger logger, int exitCode);
}
