using Microsoft.Extensions.Time.Testing;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Grains.Images;

namespace VisionCluster.Grains.Tests.Images;

/// <summary>What every store must do; a store's own tests run it.</summary>
internal static class ImageStoreContract
{
    public const long Quota = 1 << 20;

    public static readonly TenantId Tenant = new("acme");

    /// <summary>Limits of <see cref="Tenant"/>.</summary>
    public static readonly TenantLimitOptions TwoImages = new() { Tenants = { [Tenant.Value] = new() { Images = 2, StoredBytes = 2500 } } };

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static async Task KeepsAndForgetsAsync(IImageStore store, TimeProvider time)
    {
        var (key, content) = Image(1, 1000);
        Assert.Null(await store.ReadAsync(key, default));
        Assert.False(await store.ExtendAsync(key, time.GetUtcNow() + Hour, default));
        await store.WriteAsync(key, content, time.GetUtcNow() + Hour, default);
        await store.WriteAsync(key, content, time.GetUtcNow() + Hour, default);
        var kept = await store.ReadAsync(key, default);
        Assert.Equal(content.Bytes.ToArray(), kept!.Bytes.ToArray());
        Assert.Equal("png", kept.Format);
        Assert.Null(await store.ReadAsync(key with { Tenant = new TenantId("Acme") }, default));
        Assert.True(await store.ExtendAsync(key, time.GetUtcNow() + (2 * Hour), default));
        await store.DeleteAsync(key, default);
        await store.DeleteAsync(key, default);
        Assert.Null(await store.ReadAsync(key, default));
    }

    public static async Task RefusesAboveTheQuotaAsync(IImageStore store, TimeProvider time)
    {
        var (first, content) = Image(2, (int)(Quota * 2 / 3));
        var (second, other) = Image(3, (int)(Quota * 2 / 3));
        await store.WriteAsync(first, content, time.GetUtcNow() + Hour, default);
        var error = await Assert.ThrowsAsync<VisionException>(() => store.WriteAsync(second, other, time.GetUtcNow() + Hour, default));
        Assert.Equal(VisionErrorCode.QuotaExceeded, error.Code);
        Assert.Null(await store.ReadAsync(second, default));

        // The same image again is no more bytes, another tenant has its own, and what is removed makes room.
        await store.WriteAsync(first, content, time.GetUtcNow() + Hour, default);
        await store.WriteAsync(second with { Tenant = new TenantId("other") }, other, time.GetUtcNow() + Hour, default);
        await store.DeleteAsync(first, default);
        await store.WriteAsync(second, other, time.GetUtcNow() + Hour, default);
    }

    public static async Task RefusesTooManyAsync(IImageStore store, TimeProvider time)
    {
        var images = Enumerable.Range(10, 4).Select(seed => Image(seed, 1000)).ToArray();
        await WriteAsync(images[0]);
        await WriteAsync(images[1]);
        Assert.Equal(VisionErrorCode.QuotaExceeded, (await Assert.ThrowsAsync<VisionException>(() => WriteAsync(images[2]))).Code);

        // One that is there is no more; another tenant has no such limit; what is removed leaves a place.
        await WriteAsync(images[1]);
        foreach (var (key, content) in images)
        {
            await WriteAsync((key with { Tenant = new TenantId("other") }, content));
        }

        await store.DeleteAsync(images[0].Key, default);
        await WriteAsync(images[2]);

        // Its own bytes count too.
        await store.DeleteAsync(images[1].Key, default);
        var large = await Assert.ThrowsAsync<VisionException>(() => WriteAsync(Image(20, 2000)));
        Assert.Contains("2500", large.Message, StringComparison.Ordinal);

        Task WriteAsync((ImageKey Key, ImageContent Content) image) => store.WriteAsync(image.Key, image.Content, time.GetUtcNow() + Hour, default);
    }

    public static async Task ForgetsWhatHasExpiredAsync(IImageStore store, FakeTimeProvider time)
    {
        var (key, content) = Image(4, (int)(Quota * 2 / 3));
        await store.WriteAsync(key, content, time.GetUtcNow() + Hour, default);
        time.Advance(Hour + TimeSpan.FromSeconds(1));
        Assert.Null(await store.ReadAsync(key, default));
        Assert.False(await store.ExtendAsync(key, time.GetUtcNow() + Hour, default));
    }

    public static (ImageKey Key, ImageContent Content) Image(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        var key = ImageKey.FromDigest(Tenant, System.Security.Cryptography.SHA256.HashData(bytes));
        return (key, new ImageContent(bytes) { Format = "png" });
    }
}
