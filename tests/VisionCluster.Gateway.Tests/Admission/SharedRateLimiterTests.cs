using Microsoft.Extensions.Time.Testing;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Gateway.Admission;

namespace VisionCluster.Gateway.Tests.Admission;

public sealed class SharedRateLimiterTests
{
    private static readonly TenantLimits Limits = new() { RequestsPerSecond = 10 };

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Acquire_CallersWhoLeftTheLine_AreNotTakenFor()
    {
        var (asked, answer) = (new List<int>(), new TaskCompletionSource<PermitGrant>());
        using var limiter = new SharedRateLimiter(
            Limits,
            permits =>
            {
                asked.Add(permits);
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

        answer.SetResult(new PermitGrant(1, TimeSpan.Zero));
        Assert.True((await first).IsAcquired);
        Assert.True((await limiter.AcquireAsync()).IsAcquired);
        Assert.Equal([1, 1], asked);
    }

    [Fact]
    public async Task Acquire_GrainThatDoesNotAnswer_LetsRequestsPass()
    {
        using var limiter = new SharedRateLimiter(Limits, _ => new TaskCompletionSource<PermitGrant>().Task, _time);
        var waiting = limiter.AcquireAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await waiting).IsAcquired);
    }
}
