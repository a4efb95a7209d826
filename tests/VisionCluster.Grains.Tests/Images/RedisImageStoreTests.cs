using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Grains.Images;
using VisionCluster.Grains.Redis;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Grains.Tests.Images;

public sealed class RedisImageStoreTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [RedisFact]
    public async Task Store_InARealRedis_KeepsForgetsAndCountsExactly()
    {
        using var redis = await RedisServer.StartAsync();
        await using var connection = Connect(redis);
        await ImageStoreContract.KeepsAndForgetsAsync(Create(connection), TimeProvider.System);
        await ImageStoreContract.RefusesAboveTheQuotaAsync(Create(connection), TimeProvider.System);
    }

    [RedisFact]
    public async Task Write_MoreImagesThanTheTenantMayHave_IsRefused()
    {
        using var redis = await RedisServer.StartAsync();
        await using var connection = Connect(redis);
        await ImageStoreContract.RefusesTooManyAsync(Create(connection, ImageStoreContract.TwoImages), TimeProvider.System);
    }

    [RedisFact]
    public async Task Write_ByManyAtOnce_IsNeverAboveTheQuota()
    {
        using var redis = await RedisServer.StartAsync();
        await using var connection = Connect(redis);
        var stores = Enumerable.Range(0, 4).Select(_ => Create(connection)).ToArray();
        var written = await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
        {
            var (key, content) = ImageStoreContract.Image(100 + i, 64 << 10);
            try
            {
                await stores[i % 4].WriteAsync(key, content, TimeProvider.System.GetUtcNow().AddHours(1), default);
                return true;
            }
            catch (VisionException error) when (error.Code == VisionErrorCode.QuotaExceeded)
            {
                return false;
            }
        }));
        Assert.Equal(ImageStoreContract.Quota / (64 << 10), written.Count(kept => kept));
    }

    [RedisFact]
    public async Task Write_AfterOthersExpired_FindsTheirRoom()
    {
        using var redis = await RedisServer.StartAsync();
        await using var connection = Connect(redis);
        var store = Create(connection);
        var (first, content) = ImageStoreContract.Image(1, (int)(ImageStoreContract.Quota * 2 / 3));
        var (second, other) = ImageStoreContract.Image(2, (int)(ImageStoreContract.Quota * 2 / 3));
        await store.WriteAsync(first, content, TimeProvider.System.GetUtcNow().AddMilliseconds(200), default);
        await Eventually.TrueAsync(async () => await store.ReadAsync(first, default) is null, Limit, "it has expired");
        await store.WriteAsync(second, other, TimeProvider.System.GetUtcNow().AddHours(1), default);
        Assert.NotNull(await store.ReadAsync(second, default));
    }

    [RedisFact]
    public async Task Write_WhileRedisIsAway_IsUnavailableAtOnceAndWorksAfterwards()
    {
        using var redis = await RedisServer.StartAsync();
        await using var connection = Connect(redis);
        var store = Create(connection);
        var (key, content) = ImageStoreContract.Image(3, 1000);
        await store.WriteAsync(key, content, TimeProvider.System.GetUtcNow().AddHours(1), default);
        redis.Kill();
        var (other, bytes) = ImageStoreContract.Image(4, 1000);
        var error = await Assert.ThrowsAsync<VisionException>(() => store.WriteAsync(other, bytes, TimeProvider.System.GetUtcNow().AddHours(1), default));
        Assert.Equal(VisionErrorCode.StoreUnavailable, error.Code);
        await redis.RestartAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return await store.ReadAsync(key, default) is not null;
                }
                catch (VisionException)
                {
                    return false;
                }
            },
            Limit,
            "the connection is back");
    }

    internal static RedisConnection Connect(RedisServer redis) =>
        new(Options.Create(new RedisOptions { ConnectionString = redis.ConnectionString, CommandTimeout = Limit }), new RedisInstruments(new TestMeters()));

    internal static RedisImageStore Create(RedisConnection connection, TenantLimitOptions? limits = null) => new(
        connection,
        new ImageEnvelope(new ImageSealer([])),
        TestMeters.Quotas(new ImageStoreOptions { TenantQuotaBytes = ImageStoreContract.Quota }, limits),
        TestMeters.Store(new ImageStoreOptions(), TimeProvider.System),
        TimeProvider.System);
}
