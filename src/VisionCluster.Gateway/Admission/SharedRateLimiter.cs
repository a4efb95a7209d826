using System.Threading.RateLimiting;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Gateway.Admission;

/// <summary>
/// Lets a tenant's requests through at a rate that holds for all gateways together: permits come in small portions from
/// the tenant's grain. Those that are not used within a second are lost, and where the grain does not answer requests
/// pass: queues are fair without it.
/// </summary>
/// <param name="limits">The tenant's; its rate is above 0.</param>
/// <param name="take">Takes permits of the cluster.</param>
/// <param name="time">Clock.</param>
internal sealed class SharedRateLimiter(TenantLimits limits, Func<int, Task<PermitGrant>> take, TimeProvider time) : RateLimiter
{
    /// <summary>A portion is so many seconds of the rate: what gateways hold unused is no more.</summary>
    private const double PortionSeconds = 0.02;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    /// <summary>How long the tenant's grain may take to answer before requests pass without it.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(1);

    private readonly int _portion = Math.Max(1, (int)(limits.RequestsPerSecond * PortionSeconds));
    private readonly SemaphoreSlim _taking = new(1, 1);
    private readonly Lock _gate = new();
    private int _permits;
    private int _waiting;
    private long _taken;
    private long _used;
    private (long Until, TimeSpan RetryAfter) _empty;

    public override TimeSpan? IdleDuration => Volatile.Read(ref _waiting) > 0 ? null : time.GetElapsedTime(Volatile.Read(ref _used));

    public override RateLimiterStatistics GetStatistics() => new() { CurrentAvailablePermits = Volatile.Read(ref _permits) };

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (_gate)
        {
            Volatile.Write(ref _used, time.GetTimestamp());
            if (permitCount == 0)
            {
                return new Lease(true);
            }

            if (time.GetElapsedTime(_taken) > Lifetime)
            {
                _permits = 0;
            }

            if (_permits < permitCount)
            {
                return new Lease(false, _empty.RetryAfter);
            }

            _permits -= permitCount;
            return new Lease(true);
        }
    }

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _taking.WaitAsync(cancellationToken);
        }
        catch
        {
            // Who left takes nothing, and must not count for ever among those who wait.
            Interlocked.Decrement(ref _waiting);
            throw;
        }

        try
        {
            // Somebody before in the line may have taken enough for all, or learned that nothing is left.
            var lease = AttemptAcquireCore(permitCount);
            if (lease.IsAcquired || time.GetTimestamp() < _empty.Until)
            {
                return lease;
            }

            var grant = await TakeAsync(Math.Max(permitCount, Math.Max(_portion, _waiting)));
            lock (_gate)
            {
                _permits += grant.Permits;
                _taken = time.GetTimestamp();
                _empty = grant.Permits > 0 ? default : (_taken + (long)(grant.RetryAfter.TotalSeconds * time.TimestampFrequency), grant.RetryAfter);
            }

            return AttemptAcquireCore(permitCount);
        }
        finally
        {
            _taking.Release();
            Interlocked.Decrement(ref _waiting);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _taking.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<PermitGrant> TakeAsync(int permits)
    {
        try
        {
            return await take(permits).WaitAsync(LongestAnswer, time);
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            return new PermitGrant(permits, TimeSpan.Zero);
        }
    }

    private sealed class Lease(bool acquired, TimeSpan retryAfter = default) : RateLimitLease
    {
        public override bool IsAcquired => acquired;

        public override IEnumerable<string> MetadataNames => [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            var known = !acquired && metadataName == MetadataName.RetryAfter.Name;
            metadata = known ? retryAfter : null;
            return known;
        }
    }
}
