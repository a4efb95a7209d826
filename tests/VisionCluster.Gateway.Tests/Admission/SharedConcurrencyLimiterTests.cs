using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;
using VisionCluster.Gateway.Admission;

namespace VisionCluster.Gateway.Tests.Admission;

public sealed class SharedConcurrencyLimiterTests
{
    private const int Limit = 10;

    private readonly FakeTimeProvider _time = new();
    private readonly int[] _leased = new int[3];
    private int _calls;

    [Fact]
    public async Task Acquire_AtThreeGateways_GivesTheLimitInAll()
    {
        var gateways = Enumerable.Range(0, 3).Select(Limiter).ToArray();
        var leases = new List<RateLimitLease>();
        for (var i = 0; i < 30; i++)
        {
            leases.Add(await gateways[i % 3].AcquireAsync());
            _time.Advance(TimeSpan.FromMilliseconds(30));
        }

        Assert.Equal(Limit, leases.Count(lease => lease.IsAcquired));
        Assert.Equal(Limit, _leased.Sum());

        // What one gateway gives back another may use.
        leases[0].Dispose();
        leases[0].Dispose();
        _time.Advance(TimeSpan.FromMilliseconds(30));
        Assert.Equal(Limit - 1, _leased.Sum());
        Assert.True((await gateways[1].AcquireAsync()).IsAcquired);
        Assert.False((await gateways[2].AcquireAsync()).IsAcquired);
    }

    [Fact]
    public async Task Acquire_OneAfterAnother_AsksTheClusterOnce()
    {
        using var limiter = Limiter(0);
        for (var i = 0; i < 100; i++)
        {
            using var lease = await limiter.AcquireAsync();
            Assert.True(lease.IsAcquired);
        }

        Assert.Equal(1, _calls);
        _time.Advance(TimeSpan.FromMilliseconds(30));
        Assert.Equal((2, 0), (_calls, _leased[0]));
    }

    [Fact]
    public async Task Acquire_PlacesInUse_AreRenewedUntilTheyAreFree()
    {
        using var limiter = Limiter(0);
        var lease = await limiter.AcquireAsync();
        Assert.Null(limiter.IdleDuration);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((6, 1), (_calls, _leased[0]));
        lease.Dispose();
        _time.Advance(TimeSpan.FromSeconds(10));
        var calls = _calls;
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((calls, 0), (_calls, _leased[0]));
        Assert.InRange(limiter.IdleDuration!.Value, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Acquire_GrainThatDoesNotAnswer_GoesByTheLimitAlone()
    {
        using var limiter = new SharedConcurrencyLimiter(2, static (_, _) => new TaskCompletionSource<int>().Task, _time);
        var first = limiter.AcquireAsync().AsTask();
        Assert.False(first.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await first).IsAcquired);
        Assert.True((await limiter.AcquireAsync()).IsAcquired);
        var third = limiter.AcquireAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False((await third).IsAcquired);
    }

    [Fact]
    public async Task Acquire_CallersWhoLeftTheLine_AreNotLeasedFor()
    {
        var (asked, answer) = (new List<int>(), new TaskCompletionSource<int>());
        using var limiter = new SharedConcurrencyLimiter(
            Limit,
            (_, wanted) =>
            {
                asked.Add(wanted);
                return answer.Task;
            },
            _time);
        using var leaving = new CancellationTokenSource();
        var first = limiter.AcquireAsync().AsTask();
        var others = Enumerable.Range(0, 5).Select(_ => limiter.AcquireAsync(1, leaving.Token).AsTask()).ToArray();
        await leaving.CancelAsync();
        foreach (var other in others)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        }

        answer.SetResult(1);
        Assert.True((await first).IsAcquired);
        answer = new TaskCompletionSource<int>();
        answer.SetResult(2);
        Assert.True((await limiter.AcquireAsync()).IsAcquired);
        Assert.Equal([1, 2], asked);
    }

    private SharedConcurrencyLimiter Limiter(int gateway) => new(
        Limit,
        (used, wanted) =>
        {
            _calls++;
            _leased[gateway] = 0;
            return Task.FromResult(_leased[gateway] = Math.Max(used, Math.Min(wanted, Limit - _leased.Sum())));
        },
        _time);
}
