using VisionCluster.Inference.Caching;

namespace VisionCluster.Inference.Imaging;

/// <summary>
/// Decoded pictures, least recently used out first, within a budget of bytes, so that the first call after an upload
/// needs no second decode. Thread-safe.
/// </summary>
public sealed class DecodedImageCache
{
    private readonly LruCache<string, RgbImage> _images;

    /// <summary>A cache of at most <paramref name="maxBytes"/>; 0 keeps nothing.</summary>
    public DecodedImageCache(long maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        _images = new(() => maxBytes, static image => image.Bytes);
    }

    /// <summary>What the kept pictures take.</summary>
    public long Bytes => _images.Size;

    /// <summary>The picture, which becomes the most recently used; null where it is not kept.</summary>
    public RgbImage? Get(string key) => _images.Find(key);

    /// <summary>Keeps a picture; false where the key is taken or the picture is larger than the whole budget.</summary>
    public bool TryAdd(string key, RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return _images.TryAdd(key, image);
    }

    /// <summary>Drops a picture; false where it was not kept.</summary>
    public bool Remove(string key) => _images.Remove(key);
}
