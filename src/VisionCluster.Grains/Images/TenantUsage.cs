using System.Collections.Concurrent;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Grains.Images;

/// <summary>Bytes that tenants have in a store that only tells them by counting: counted now and then, reckoned between.</summary>
internal sealed class TenantUsage(StoreInstruments instruments, TimeProvider time)
{
    /// <summary>How old a count may get; other silos' writes are seen no later.</summary>
    public static readonly TimeSpan RecountAfter = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<TenantId, Count> _counts = new();

    /// <summary>Takes room; false where the quota leaves none.</summary>
    public async ValueTask<bool> TryAddAsync(TenantId tenant, long bytes, long quota, Func<ValueTask<long>> count)
    {
        var kept = _counts.GetOrAdd(tenant, static _ => new Count());
        if (kept.IsOlderThan(RecountAfter, time))
        {
            kept.Set(await count(), time);
        }

        var added = kept.TryAdd(bytes, quota);
        instruments.Changed(tenant, kept.Bytes);
        return added;
    }

    public void Subtract(TenantId tenant, long bytes)
    {
        if (_counts.TryGetValue(tenant, out var kept))
        {
            kept.Subtract(bytes);
            instruments.Changed(tenant, kept.Bytes);
        }
    }

    private sealed class Count
    {
        private readonly Lock _gate = new();
        private long? _at;
        private long _bytes;

        public long Bytes => Volatile.Read(ref _bytes);

        public bool IsOlderThan(TimeSpan age, TimeProvider time)
        {
            lock (_gate)
            {
                return _at is not { } at || time.GetElapsedTime(at) > age;
            }
        }

        public void Set(long bytes, TimeProvider time)
        {
            lock (_gate)
            {
                (_at, _bytes) = (time.GetTimestamp(), bytes);
            }
        }

        public bool TryAdd(long bytes, long quota)
        {
            lock (_gate)
            {
                if (_bytes + bytes > quota)
                {
                    return false;
                }

                _bytes += bytes;
                return true;
            }
        }

        public void Subtract(long bytes)
        {
            lock (_gate)
            {
                _bytes = Math.Max(0, _bytes - bytes);
            }
        }
    }
}
