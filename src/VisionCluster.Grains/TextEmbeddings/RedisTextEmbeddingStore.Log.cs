using Microsoft.Extensions.Logging;

namespace VisionCluster.Grains.TextEmbeddings;

internal static partial class RedisTextEmbeddingStoreLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Label embeddings could not be read from Redis")]
    public static partial void ReadFailed(this ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Label embeddings could not be written to Redis")]
    public static partial void WriteFailed(this ILogger logger, Exception error);
}
