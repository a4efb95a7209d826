using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Grains.Images;

/// <summary>
/// Images in the memory of one process: what a server without configuration uses. Nothing is dropped before it expires;
/// where there is no room an upload is refused.
/// </summary>
internal sealed class MemoryImageStore : IImageStore
{
    private readonly IOptions<ImageStoreOptions> _options;
    private readonly TenantQuotas _quotas;
    private readonly StoreInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<ImageKey, Entry> _images = [];
    private readonly Dictionary<TenantId, (int Images, long Bytes)> _byTenant = [];
    private readonly PriorityQueue<ImageKey, DateTimeOffset> _expiries = new();
    private long _bytes;

    public MemoryImageStore(
        IOptions<ImageStoreOptions> options, TenantQuotas quotas, StoreInstruments instruments, TimeProvider time)
    {
        (_options, _quotas, _instruments, _time) = (options, quotas, instruments, time);
        instruments.Watch(() => new StoreFill(Volatile.Read(ref _bytes), options.Value.BudgetBytes));
    }

    public Task WriteAsync(
        ImageKey key, ImageContent content, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Expire();
            if (_images.TryGetValue(key, out var kept))
            {
                Extend(key, kept, expiresAt);
                return Task.CompletedTask;
            }

            var length = content.Bytes.Length;
            var ofTenant = _byTenant.GetValueOrDefault(key.Tenant);
            var tooMany = ofTenant.Images >= _quotas.ImagesOf(key.Tenant);
            if (tooMany || ofTenant.Bytes + length > _quotas.BytesOf(key.Tenant))
            {
                throw _quotas.Refusal(key.Tenant, tooMany);
            }

            if (_bytes + length > _options.Value.BudgetBytes)
            {
                throw StoreErrors.Full();
            }

            _images.Add(key, new Entry(content, expiresAt));
            _expiries.Enqueue(key, expiresAt);
            _byTenant[key.Tenant] = (ofTenant.Images + 1, ofTenant.Bytes + length);
            _bytes += length;
            _instruments.Changed(key.Tenant, ofTenant.Bytes + length);
        }

        return Task.CompletedTask;
    }

    public ValueTask<ImageContent?> ReadAsync(ImageKey key, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(
                _images.TryGetValue(key, out var entry) && entry.ExpiresAt > _time.GetUtcNow() ? entry.Content : null);
        }
    }

    public Task<bool> ExtendAsync(ImageKey key, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_images.TryGetValue(key, out var entry) || entry.ExpiresAt <= _time.GetUtcNow())
            {
                return Task.FromResult(false);
            }

            Extend(key, entry, expiresAt);
            return Task.FromResult(true);
        }
    }

    public Task DeleteAsync(ImageKey key, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Remove(key);
        }

        return Task.CompletedTask;
    }

    private void Extend(ImageKey key, Entry entry, DateTimeOffset expiresAt)
    {
        _images[key] = entry with { ExpiresAt = expiresAt };
        _expiries.Enqueue(key, expiresAt);
    }

    private void Expire()
    {
        var now = _time.GetUtcNow();
        while (_expiries.TryPeek(out var key, out var at) && at <= now)
        {
            _expiries.Dequeue();
            if (_images.TryGetValue(key, out var entry) && entry.ExpiresAt <= now)
            {
                Remove(key);
            }
        }
    }

    private void Remove(ImageKey key)
    {
        if (_images.Remove(key, out var entry))
        {
            var length = entry.Content.Bytes.Length;
            _bytes -= length;
            var (images, bytes) = _byTenant[key.Tenant];
            var left = (Images: images - 1, Bytes: bytes - length);
            _instruments.Changed(key.Tenant, left.Bytes);
            if (left.Images == 0)
            {
                _byTenant.Remove(key.Tenant);
            }
            else
            {
                _byTenant[key.Tenant] = left;
            }
        }
    }

    private sealed record Entry(ImageContent Content, DateTimeOffset ExpiresAt);
}
