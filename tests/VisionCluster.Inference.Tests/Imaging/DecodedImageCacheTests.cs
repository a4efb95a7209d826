using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Tests.Imaging;

public sealed class DecodedImageCacheTests
{
    [Fact]
    public void TryAdd_OverTheBudget_DropsTheLeastRecentlyUsed()
    {
        var cache = new DecodedImageCache(2 * 12);
        RgbImage first = Pictures.Noise(2, 2, seed: 1);
        cache.TryAdd("first", first);
        cache.TryAdd("second", Pictures.Noise(2, 2, seed: 2));
        Assert.Same(first, cache.Get("first"));

        Assert.True(cache.TryAdd("third", Pictures.Noise(2, 2, seed: 3)));

        Assert.Null(cache.Get("second"));
        Assert.Same(first, cache.Get("first"));
        Assert.Equal(24, cache.Bytes);
    }

    [Fact]
    public void TryAdd_LargerThanTheBudgetOrKnown_IsRefused()
    {
        var cache = new DecodedImageCache(12);

        Assert.False(cache.TryAdd("large", Pictures.Noise(3, 2, seed: 1)));
        Assert.True(cache.TryAdd("key", Pictures.Noise(2, 2, seed: 1)));
        Assert.False(cache.TryAdd("key", Pictures.Noise(2, 2, seed: 2)));
        Assert.True(cache.Remove("key"));
        Assert.Equal(0, cache.Bytes);
    }
}
