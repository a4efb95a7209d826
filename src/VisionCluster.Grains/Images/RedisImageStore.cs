using StackExchange.Redis;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Grains.Redis;

namespace VisionCluster.Grains.Images;

/// <summary>
/// Images in Redis, which expires them. A tenant's quota is kept exactly, whichever silo writes: script and books (a
/// sorted set of expiries, a hash of sizes) run in one step. Keys of a tenant share a hash slot.
/// </summary>
internal sealed class RedisImageStore(
    RedisConnection redis, ImageEnvelope envelope, TenantQuotas quotas, StoreInstruments instruments, TimeProvider time) : IImageStore
{
    private const long NoRoom = -1;
    private const long NoPlace = -2;

    /// <summary>KEYS image, expiries, sizes; ARGV now, expires, quota, bytes, id, value, images. The tenant's bytes; -1: no room; -2: too many.</summary>
    private const string Write = """
        for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])) do
          local size = redis.call('HGET', KEYS[3], id)
          if size then redis.call('HINCRBY', KEYS[3], 'total', -size) end
          redis.call('HDEL', KEYS[3], id)
          redis.call('ZREM', KEYS[2], id)
        end
        local kept = redis.call('EXISTS', KEYS[1])
        if kept == 0 then
          if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[7]) and not redis.call('ZSCORE', KEYS[2], ARGV[5]) then return -2 end
          local total = tonumber(redis.call('HGET', KEYS[3], 'total') or '0')
          local before = tonumber(redis.call('HGET', KEYS[3], ARGV[5]) or '0')
          if total - before + tonumber(ARGV[4]) > tonumber(ARGV[3]) then return -1 end
          redis.call('SET', KEYS[1], ARGV[6])
          redis.call('HSET', KEYS[3], ARGV[5], ARGV[4])
          redis.call('HINCRBY', KEYS[3], 'total', ARGV[4] - before)
        end
        redis.call('PEXPIREAT', KEYS[1], ARGV[2])
        redis.call('ZADD', KEYS[2], ARGV[2], ARGV[5])
        return tonumber(redis.call('HGET', KEYS[3], 'total') or '0')
        """;

    /// <summary>KEYS image, expiries; ARGV expires, id. Whether it was there.</summary>
    private const string Extend = """
        if redis.call('PEXPIREAT', KEYS[1], ARGV[1]) == 0 then return 0 end
        redis.call('ZADD', KEYS[2], ARGV[1], ARGV[2])
        return 1
        """;

    /// <summary>KEYS image, expiries, sizes; ARGV id. The tenant's bytes.</summary>
    private const string Delete = """
        local size = redis.call('HGET', KEYS[3], ARGV[1])
        if size then redis.call('HINCRBY', KEYS[3], 'total', -size) end
        redis.call('HDEL', KEYS[3], ARGV[1])
        redis.call('ZREM', KEYS[2], ARGV[1])
        redis.call('DEL', KEYS[1])
        return tonumber(redis.call('HGET', KEYS[3], 'total') or '0')
        """;

    public async Task WriteAsync(
        ImageKey key, ImageContent content, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        var value = envelope.Wrap(key, content);
        RedisValue[] arguments =
        [
            time.GetUtcNow().ToUnixTimeMilliseconds(), expiresAt.ToUnixTimeMilliseconds(), quotas.BytesOf(key.Tenant),
            content.Bytes.Length, key.ImageId, value, quotas.ImagesOf(key.Tenant),
        ];
        var stored = await RunAsync(Write, key, arguments, cancellationToken);
        if (stored is NoRoom or NoPlace)
        {
            throw quotas.Refusal(key.Tenant, images: stored == NoPlace);
        }

        instruments.Changed(key.Tenant, stored);
    }

    public async ValueTask<ImageContent?> ReadAsync(ImageKey key, CancellationToken cancellationToken)
    {
        var stored = await redis.RunAsync(database => database.StringGetAsync(Keys(key)[0]), cancellationToken);
        return stored.IsNull ? null : envelope.Unwrap(key, (byte[])stored!);
    }

    public async Task<bool> ExtendAsync(ImageKey key, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        await RunAsync(Extend, key, [expiresAt.ToUnixTimeMilliseconds(), key.ImageId], cancellationToken) == 1;

    public async Task DeleteAsync(ImageKey key, CancellationToken cancellationToken) =>
        instruments.Changed(key.Tenant, await RunAsync(Delete, key, [key.ImageId], cancellationToken));

    private Task<long> RunAsync(string script, ImageKey key, RedisValue[] arguments, CancellationToken cancellationToken) =>
        redis.RunAsync(async database => (long)await database.ScriptEvaluateAsync(script, Keys(key), arguments), cancellationToken);

    private RedisKey[] Keys(ImageKey key)
    {
        // What stands in braces chooses the slot of a Redis cluster.
        var tenant = $"images:{{{key.Tenant.Value}}}";
        return [redis.Key($"{tenant}:{key.ImageId}"), redis.Key($"{tenant}/expiries"), redis.Key($"{tenant}/sizes")];
    }
}
