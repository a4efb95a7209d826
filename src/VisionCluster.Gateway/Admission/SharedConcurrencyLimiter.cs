using System.Threading.RateLimiting;

namespace VisionCluster.Gateway.Admission;

/// <summary>
/// Lets a tenant have so many requests under way at all gateways together: places are leased from the tenant's grain, a few
/// ahead, renewed while they are used and given back soon after. Where the grain does not answer, the gateway goes by the
/// limit alone.
/// </summary>
/// <param name="limit">The tenant's places in the cluster, from 1.</param>
/// <param name="lease">Leases places: how many are used, how many are wanted; how many there are.</param>
/// <param name="time">Clock.</param>
internal sealed class SharedConcurrencyLimiter(int limit, Func<int, int, Task<int>> lease, TimeProvider time) : RateLimiter
{
    /// <summary>Leased ahead is one place in so many, so that all that gateways hold unused is little.</summary>
    private const int SpareShare = 64;

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GiveBackAfter = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(1);

    private readonly int _spare = limit / SpareShare;
    private readonly SemaphoreSlim _leasing = new(1, 1);
    private readonly Lock _gate = new();
    private int _places;
    private int _used;
    private int _waiting;
    private bool _renewing;
    private bool _givingBack;
    private bool _disposed;
    private long _usedAt = time.GetTimestamp();
    private long? _refusedAt;

    public override TimeSpan? IdleDuration
    {
        get
        {
            lock (_gate)
            {
                return _used > 0 || _waiting > 0 ? null : time.GetElapsedTime(_usedAt);
            }
        }
    }

    public override RateLimiterStatistics GetStatistics() => new() { CurrentAvailablePermits = Math.Max(0, _places - _used) };

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (_gate)
        {
            if (_used + permitCount > _places)
            {
                return new PlaceLease(null, 0);
            }

            _used += permitCount;
            _usedAt = time.GetTimestamp();
            return new PlaceLease(this, permitCount);
        }
    }

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _leasing.WaitAsync(cancellationToken);
            try
            {
                // Somebody before in the line may have leased for all, or learned that there is none.
                var acquired = AttemptAcquireCore(permitCount);
                if (acquired.IsAcquired || (_refusedAt is { } refused && time.GetElapsedTime(refused) < AskAgainAfter))
                {
                    return acquired;
                }

                await LeaseAsync(_waiting + _spare);
                acquired = AttemptAcquireCore(permitCount);
                _refusedAt = acquired.IsAcquired ? null : time.GetTimestamp();
                return acquired;
            }
            finally
            {
                _leasing.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            _disposed = true;
        }

        base.Dispose(disposing);
    }

    private void Release(int count)
    {
        lock (_gate)
        {
            _used -= count;
            _usedAt = time.GetTimestamp();
            if (_givingBack || _disposed || _places - _used <= _spare)
            {
                return;
            }

            _givingBack = true;
        }

        _ = GiveBackAsync();
    }

    private async Task GiveBackAsync()
    {
        // A place that comes free is most often taken again at once.
        await Task.Delay(GiveBackAfter, time);
        lock (_gate)
        {
            _givingBack = false;
        }

        await LeaseInTurnAsync();
    }

    private async Task RenewAsync()
    {
        while (true)
        {
            await Task.Delay(Renewal, time);
            await LeaseInTurnAsync();
            lock (_gate)
            {
                if (_disposed || _places == 0)
                {
                    _renewing = false;
                    return;
                }
            }
        }
    }

    private async Task LeaseInTurnAsync()
    {
        await _leasing.WaitAsync();
        try
        {
            // Spare places are for those who come often.
            await LeaseAsync(Volatile.Read(ref _used) > 0 ? _spare : 0);
        }
        finally
        {
            _leasing.Release();
        }
    }

    /// <summary>Leases what is used and some more; called by one at a time.</summary>
    private async Task LeaseAsync(int more)
    {
        int used;
        lock (_gate)
        {
            used = _used;

            // Fewer from now on: what the grain may give to others is not used here meanwhile.
            _places = Math.Min(_places, used + more);
        }

        int places;
        try
        {
            places = await lease(used, used + more).WaitAsync(LongestAnswer, time);
        }
        catch (Exception)
        {
            // Whatever the reason: a gateway that cannot ask goes by the limit alone until it can.
            places = limit;
        }

        lock (_gate)
        {
            _places = places;
            if (_renewing || _disposed || _places == 0)
            {
                return;
            }

            _renewing = true;
        }

        _ = RenewAsync();
    }

    private sealed class PlaceLease(SharedConcurrencyLimiter? limiter, int count) : RateLimitLease
    {
        private SharedConcurrencyLimiter? _limiter = limiter;

        public override bool IsAcquired { get; } = limiter is not null;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            Interlocked.Exchange(ref _limiter, null)?.Release(count);
            base.Dispose(disposing);
        }
    }
}
