using System.Collections.Concurrent;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Grains.Images;

/// <summary>Images and bytes that tenants have in a store that only tells them by counting: counted now and then, reckoned between.</summary>
internal sealed class TenantUsage(TenantQuotas quotas, StoreInstruments instruments, TimeProvider time)
{
    /// <summary>How old a count may get; other silos' writes are seen no later.</summary>
    public static readonly TimeSpan RecountAfter = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<TenantId, Count> _counts = new();

    /// <summary>Takes room for one image.</summary>
    /// <exception cref="VisionException"><c>QuotaExceeded</c>: the quota leaves none.</exception>
    public async ValueTask AddAsync(TenantId tenant, long bytes, Func<ValueTask<(int Images, long Bytes)>> count)
    {
        var kept = _counts.GetOrAdd(tenant, static _ => new Count());
        if (kept.IsOlderThan(RecountAfter, time))
        {
            kept.Set(await count(), time);
        }

        var tooMany = kept.Images >= quotas.ImagesOf(tenant);
        var added = !tooMany && kept.TryAdd(bytes, quotas.BytesOf(tenant));
        instruments.Changed(tenant, kept.Bytes);
        if (!added)
        {
            throw quotas.Refusal(tenant, tooMany);
        }
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
        private int _images;
        private long _bytes;

        public int Images => Volatile.Read(ref _images);

        public long Bytes => Volatile.Read(ref _bytes);

        public bool IsOlderThan(TimeSpan age, TimeProvider time)
        {
            lock (_gate)
            {
                return _at is not { } at || time.GetElapsedTime(at) > age;
            }
        }

        public void Set((int Images, long Bytes) counted, TimeProvider time)
        {
            lock (_gate)
            {
                (_at, _images, _bytes) = (time.GetTimestamp(), counted.Images, counted.Bytes);
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
                _images++;
                return true;
            }
        }

        public void Subtract(long bytes)
        {
            lock (_gate)
            {
                _bytes = Math.Max(0, _bytes - bytes);
                _images = Math.Max(0, _images - 1);
            }
        }
    }
}
