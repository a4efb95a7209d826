using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Grains.Images;
using VisionCluster.Grains.Redis;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Grains.Tests.Images;

public sealed class HoldingImageStoreTests
{
    private const int Size = 1000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset Later = TimeProvider.System.GetUtcNow().AddHours(1);

    [Fact]
    public void Find_AboveTheBudget_LeastRecentlyUsedHasGone()
    {
        var held = Held(2 * Size);
        var images = Enumerable.Range(0, 3).Select(i => ImageStoreContract.Image(i, Size)).ToArray();
        held.Hold(images[0].Key, images[0].Content);
        held.Hold(images[1].Key, images[1].Content);
        Assert.NotNull(held.Find(images[0].Key));
        held.Hold(images[2].Key, images[2].Content);
        Assert.Null(held.Find(images[1].Key));
        Assert.NotNull(held.Find(images[0].Key));
        Assert.Equal(2 * Size, held.Bytes);
        held.Release(images[0].Key);
        Assert.Equal(Size, held.Bytes);
        var (large, content) = ImageStoreContract.Image(9, (2 * Size) + 1);
        held.Hold(large, content);
        Assert.Null(held.Find(large));
        Assert.Equal(Size, held.Bytes);
    }

    [Fact]
    public void Hold_BufferThatItsCallerUsesAgain_IsACopy()
    {
        var held = Held(Size);
        var buffer = new byte[] { 1, 2, 3 };
        var (key, _) = ImageStoreContract.Image(1, Size);
        held.Hold(key, new ImageContent(buffer));
        buffer[0] = 99;
        Assert.Equal([1, 2, 3], held.Find(key)!.Bytes.ToArray());
    }

    [RedisFact]
    public async Task KeepAgain_AfterRedisWasEmptied_IsThereForEverySilo()
    {
        using var redis = await RedisServer.StartAsync();
        await using var connection = RedisImageStoreTests.Connect(redis);
        var store = new HoldingImageStore(RedisImageStoreTests.Create(connection), Held(2 * Size));
        var other = RedisImageStoreTests.Create(connection);
        var (key, content) = ImageStoreContract.Image(1, Size);
        var (gone, lost) = ImageStoreContract.Image(2, Size);
        await store.WriteAsync(key, content, Later, default);
        await store.WriteAsync(gone, lost, Later, default);
        store.Release(gone);
        Assert.True(await store.KeepAgainAsync(gone, Later, default));

        Assert.Equal("+OK", await redis.RunAsync("FLUSHALL"));
        Assert.Null(await other.ReadAsync(key, default));
        Assert.True(await store.KeepAgainAsync(key, Later, default));
        Assert.False(await store.KeepAgainAsync(gone, Later, default));
        Assert.Equal(content.Bytes.ToArray(), (await other.ReadAsync(key, default))!.Bytes.ToArray());
        await store.DeleteAsync(key, default);
        Assert.Null(await store.ReadAsync(key, default));
    }

    [RedisFact]
    public async Task Read_OfTheEpoch_ChangesOnlyWhenRedisWasEmptied()
    {
        using var redis = await RedisServer.StartAsync();
        await using var first = RedisImageStoreTests.Connect(redis);
        await using var second = RedisImageStoreTests.Connect(redis);
        var (one, another) = (new StoreEpoch(first), new StoreEpoch(second));
        var before = await Task.WhenAll(one.ReadAsync(default), another.ReadAsync(default));
        Assert.Equal(before[0], before[1]);
        redis.Kill();
        await redis.RestartAsync();
        await Eventually.TrueAsync(async () => await IsAsync(one, before[0]) && await IsAsync(another, before[0]), Limit, "the same is there for both after a restart");
        await redis.RunAsync("FLUSHALL");
        Assert.NotEqual(before[0], await one.ReadAsync(default));
        Assert.Equal(await one.ReadAsync(default), await another.ReadAsync(default));
    }

    private static async Task<bool> IsAsync(StoreEpoch epoch, string expected)
    {
        try
        {
            return await epoch.ReadAsync(default) == expected;
        }
        catch (Contracts.Errors.VisionException)
        {
            return false;
        }
    }

    private static HeldImages Held(long bytes) => new(Options.Create(new ImageStoreOptions { HeldBytes = bytes }));
}
