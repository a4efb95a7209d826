namespace VisionCluster.Inference.Caching;

/// <summary>Values under a budget, the least recently used out first. Thread-safe.</summary>
/// <param name="budget">Most that all of them may take together; asked whenever one is added.</param>
/// <param name="sizeOf">What one takes, in the budget's unit; asked when it is added, and counted so until it goes.</param>
public sealed class LruCache<TKey, TValue>(Func<long> budget, Func<TValue, long> sizeOf)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _byKey = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _size;

    /// <summary>What the kept values take together.</summary>
    public long Size => Volatile.Read(ref _size);

    /// <summary>The value, which becomes the most recently used; null where it is not kept.</summary>
    public TValue? Find(TKey key)
    {
        lock (_gate)
        {
            if (!_byKey.TryGetValue(key, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Value;
        }
    }

    /// <summary>Keeps a value; false where the key has one already, or this one is larger than the whole budget.</summary>
    public bool TryAdd(TKey key, TValue value)
    {
        lock (_gate)
        {
            return !_byKey.ContainsKey(key) && Add(key, value);
        }
    }

    /// <summary>Keeps a value in place of what the key has; false where it is larger than the whole budget.</summary>
    public bool Put(TKey key, TValue value)
    {
        lock (_gate)
        {
            if (_byKey.TryGetValue(key, out var old))
            {
                Forget(old);
            }

            return Add(key, value);
        }
    }

    /// <summary>Drops a value; false where none was kept.</summary>
    public bool Remove(TKey key)
    {
        lock (_gate)
        {
            if (!_byKey.TryGetValue(key, out var node))
            {
                return false;
            }

            Forget(node);
            return true;
        }
    }

    private bool Add(TKey key, TValue value)
    {
        var (most, size) = (budget(), sizeOf(value));
        if (size > most)
        {
            return false;
        }

        while (_size + size > most && _byUse.Last is { } oldest)
        {
            Forget(oldest);
        }

        _byKey.Add(key, _byUse.AddFirst(new Entry(key, value, size)));
        Volatile.Write(ref _size, _size + size);
        return true;
    }

    private void Forget(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _byKey.Remove(node.Value.Key);
        Volatile.Write(ref _size, _size - node.Value.Size);
    }

    private readonly record struct Entry(TKey Key, TValue Value, long Size);
}
