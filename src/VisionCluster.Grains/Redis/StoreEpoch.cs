using StackExchange.Redis;

namespace VisionCluster.Grains.Redis;

/// <summary>
/// Tells whether Redis lost what it had: one key holds a name that whoever finds none makes up, so that it changes when
/// Redis is emptied and never otherwise.
/// </summary>
internal sealed class StoreEpoch(RedisConnection redis)
{
    private static readonly RedisValue Field = "epoch";

    /// <summary>The name that is there now.</summary>
    /// <exception cref="Contracts.Errors.VisionException"><c>StoreUnavailable</c>.</exception>
    public Task<string> ReadAsync(CancellationToken cancellationToken) => redis.RunAsync(
        async database =>
        {
            var key = redis.Key("store");
            var there = await database.HashGetAsync(key, Field);
            if (there.IsNull)
            {
                await database.HashSetAsync(key, Field, Guid.NewGuid().ToString("N"), When.NotExists);
                there = await database.HashGetAsync(key, Field);
            }

            return there.ToString();
        },
        cancellationToken);
}
