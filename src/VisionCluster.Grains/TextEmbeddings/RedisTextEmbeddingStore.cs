using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using VisionCluster.Contracts.Errors;
using VisionCluster.Grains.Redis;

namespace VisionCluster.Grains.TextEmbeddings;

/// <summary>
/// Label embeddings in Redis: float32, little endian, under a digest of label and templates, so that Redis learns no
/// tenant's words. The model's version is part of the key: a new version starts with none.
/// </summary>
internal sealed class RedisTextEmbeddingStore(
    RedisConnection redis, IOptions<TextEmbeddingOptions> options, ILogger<RedisTextEmbeddingStore> logger) : ITextEmbeddingStore
{
    public async Task<float[]?[]> ReadAsync(IReadOnlyList<LabelKey> keys)
    {
        try
        {
            RedisKey[] names = [.. keys.Select(KeyOf)];
            // One by one in one batch: keys of a Redis cluster lie in several slots.
            var values = await redis.RunAsync(
                database => Task.WhenAll(names.Select(name => database.StringGetAsync(name))), CancellationToken.None);
            return [.. values.Select(value => value.IsNull ? null : Parse((byte[])value!))];
        }
        catch (VisionException error)
        {
            logger.ReadFailed(error);
            return new float[]?[keys.Count];
        }
    }

    public async Task WriteAsync(IReadOnlyList<LabelKey> keys, IReadOnlyList<float[]> rows)
    {
        try
        {
            await redis.RunAsync(
                database => Task.WhenAll(keys.Select((key, i) => database.StringSetAsync(
                    KeyOf(key), MemoryMarshal.AsBytes<float>(rows[i]).ToArray(), options.Value.StoredFor))),
                CancellationToken.None);
        }
        catch (VisionException error)
        {
            logger.WriteFailed(error);
        }
    }

    private RedisKey KeyOf(LabelKey key)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{key.Label}\0{key.Templates}"));
        return redis.Key($"text:{key.Model}:{Convert.ToHexStringLower(digest)}");
    }

    /// <summary>Null where it is no whole number of floats: then it is computed and written again.</summary>
    private static float[]? Parse(byte[] value) => value.Length > 0 && value.Length % sizeof(float) == 0
        ? MemoryMarshal.Cast<byte, float>(value).ToArray()
        : null;
}
