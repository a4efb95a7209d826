using System.Threading.RateLimiting;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Grains.Tenancy;

/// <summary>One bucket of tokens a tenant. It is full again where its silo was lost: a burst more, once.</summary>
internal sealed class TenantRateGrain : Grain, ITenantRateGrain, IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private const int RefillsPerSecond = 20;

    private TokenBucketRateLimiter? _bucket;
    private (int PerSecond, int Burst) _limits;

    public Task<PermitGrant> TakeAsync(int permits, int perSecond, int burst)
    {
        var bucket = BucketOf(perSecond, burst);
        var granted = (int)Math.Min(permits, bucket.GetStatistics()!.CurrentAvailablePermits);
        using var lease = bucket.AttemptAcquire(granted);
        return Task.FromResult(lease.IsAcquired && granted > 0
            ? new PermitGrant(granted, TimeSpan.Zero)
            : new PermitGrant(0, bucket.ReplenishmentPeriod));
    }

    public void Dispose() => _bucket?.Dispose();

    private TokenBucketRateLimiter BucketOf(int perSecond, int burst)
    {
        if (_bucket is null || _limits != (perSecond, burst))
        {
            _bucket?.Dispose();
            _limits = (perSecond, burst);

            // A slow rate is refilled token by token, or it would be rounded up to one a refill.
            var refills = Math.Min(perSecond, RefillsPerSecond);
            while (perSecond % refills != 0)
            {
                refills--;
            }

            _bucket = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
            {
                ReplenishmentPeriod = Second / refills,
                TokensPerPeriod = perSecond / refills,
                TokenLimit = burst,
                QueueLimit = 0,
            });
        }

        return _bucket;
    }
}
