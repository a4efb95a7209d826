using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Caching;

namespace VisionCluster.Grains.Images;

/// <summary>
/// Encoded images of this silo's sessions under a budget of bytes, the least recently used out first: what a store that
/// was emptied is filled with again. Copies, as the bytes of an upload are its caller's. Thread-safe.
/// </summary>
internal sealed class HeldImages(IOptions<ImageStoreOptions> options)
{
    private readonly LruCache<ImageKey, ImageContent> _images =
        new(() => options.Value.HeldBytes, static content => content.Bytes.Length);

    /// <summary>What they take.</summary>
    public long Bytes => _images.Size;

    /// <summary>The image, which becomes the most recently used; null where it is not held.</summary>
    public ImageContent? Find(ImageKey key) => _images.Find(key);

    /// <summary>Holds an image; one that is larger than the whole budget is not.</summary>
    public void Hold(ImageKey key, ImageContent content)
    {
        if (content.Bytes.Length <= options.Value.HeldBytes && Find(key) is null)
        {
            _images.TryAdd(key, content with { Bytes = content.Bytes.ToArray() });
        }
    }

    public void Release(ImageKey key) => _images.Remove(key);
}
