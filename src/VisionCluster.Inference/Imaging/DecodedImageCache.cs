namespace VisionCluster.Inference.Imaging;

/// <summary>
/// Decoded pictures, least recently used out first, within a budget of bytes, so that the first call after an upload
/// needs no second decode. Thread-safe.
/// </summary>
public sealed class DecodedImageCache
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, RgbImage Image)>> _byKey = [];
    private readonly LinkedList<(string Key, RgbImage Image)> _byUse = new();
    private readonly long _maxBytes;
    private long _bytes;

    /// <summary>A cache of at most <paramref name="maxBytes"/>; 0 keeps nothing.</summary>
    public DecodedImageCache(long maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        _maxBytes = maxBytes;
    }

    /// <summary>What the kept pictures take.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>The picture, which becomes the most recently used; null where it is not kept.</summary>
    public RgbImage? Get(string key)
    {
        lock (_gate)
        {
            if (!_byKey.TryGetValue(key, out LinkedListNode<(string Key, RgbImage Image)>? node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Image;
        }
    }

    /// <summary>Keeps a picture; false where the key is taken or the picture is larger than the whole budget.</summary>
    public bool TryAdd(string key, RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        lock (_gate)
        {
            if (image.Bytes > _maxBytes || _byKey.ContainsKey(key))
            {
                return false;
            }

            while (_bytes + image.Bytes > _maxBytes && _byUse.Last is { } oldest)
            {
                Forget(oldest);
            }

            _byKey.Add(key, _byUse.AddFirst((key, image)));
            _bytes += image.Bytes;
            return true;
        }
    }

    /// <summary>Drops a picture; false where it was not kept.</summary>
    public bool Remove(string key)
    {
        lock (_gate)
        {
            if (!_byKey.TryGetValue(key, out LinkedListNode<(string Key, RgbImage Image)>? node))
            {
                return false;
            }

            Forget(node);
            return true;
        }
    }

    private void Forget(LinkedListNode<(string Key, RgbImage Image)> node)
    {
        _byUse.Remove(node);
        _byKey.Remove(node.Value.Key);
        _bytes -= node.Value.Image.Bytes;
    }
}
