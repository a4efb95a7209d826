using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Grains.Images;

/// <summary>
/// Encoded images of this silo's sessions under a budget of bytes, the least recently used out first: what a store that
/// was emptied is filled with again. Copies, as the bytes of an upload are its caller's. Thread-safe.
/// </summary>
internal sealed class HeldImages(IOptions<ImageStoreOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ImageKey, LinkedListNode<(ImageKey Key, ImageContent Content)>> _byKey = [];
    private readonly LinkedList<(ImageKey Key, ImageContent Content)> _byUse = new();
    private long _bytes;

    /// <summary>What they take.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The image, which becomes the most recently used; null where it is not held.</summary>
    public ImageContent? Find(ImageKey key)
    {
        lock (_gate)
        {
            if (!_byKey.TryGetValue(key, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Content;
        }
    }

    /// <summary>Holds an image; one that is larger than the whole budget is not.</summary>
    public void Hold(ImageKey key, ImageContent content)
    {
        if (content.Bytes.Length > options.Value.HeldBytes || Find(key) is not null)
        {
            return;
        }

        var copy = content with { Bytes = content.Bytes.ToArray() };
        lock (_gate)
        {
            if (_byKey.ContainsKey(key))
            {
                return;
            }

            while (_bytes + copy.Bytes.Length > options.Value.HeldBytes && _byUse.Last is { } oldest)
            {
                Remove(oldest);
            }

            _byKey.Add(key, _byUse.AddFirst((key, copy)));
            _bytes += copy.Bytes.Length;
        }
    }

    public void Release(ImageKey key)
    {
        lock (_gate)
        {
            if (_byKey.TryGetValue(key, out var node))
            {
                Remove(node);
            }
        }
    }

    private void Remove(LinkedListNode<(ImageKey Key, ImageContent Content)> node)
    {
        _byUse.Remove(node);
        _byKey.Remove(node.Value.Key);
        _bytes -= node.Value.Content.Bytes.Length;
    }
}
