using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Embeddings;
using VisionCluster.Inference.Sources;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Tests.Stages;

public sealed class CallDeadlineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Run_WaitForAPlaceToWorkIn_EndsAtTheDeadlineAndTakesNone()
    {
        using var limiter = new WorkLimiter(1);
        var taken = await limiter.EnterAsync(default);
        await ExpectLateAsync(async token =>
        {
            using var place = await limiter.EnterAsync(token);
            return true;
        });
        taken.Dispose();
        using var next = await limiter.EnterAsync(default).AsTask().WaitAsync(Limit);
    }

    [Fact]
    public async Task Run_WaitForASharedComputation_EndsAtTheDeadlineAndTheOthersAreServed()
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var store = new EmbeddingStore(() => 100, new EmbeddingInstruments(meters));
        var key = new EmbeddingKey(new ImageKey(TenantId.Default, "a"), "model@1");
        var computed = new TaskCompletionSource<Blob>();
        var patient = store.GetOrComputeAsync(key, _ => computed.Task, default).AsTask();
        await ExpectLateAsync(token => store.GetOrComputeAsync(key, _ => computed.Task, token).AsTask());
        computed.SetResult(new Blob());
        Assert.NotNull(await patient.WaitAsync(Limit));
    }

    [Fact]
    public async Task Run_EverybodysDeadlinePassed_CancelsTheSharedComputation()
    {
        var cancelled = new TaskCompletionSource();
        using var run = new SharedRun<bool>(async token =>
        {
            try
            {
                return await Forever(token);
            }
            finally
            {
                cancelled.SetResult();
            }
        });
        Assert.True(run.TryJoin());
        await ExpectLateAsync(run.WaitAsync);
        await cancelled.Task.WaitAsync(Limit);
    }

    [Fact]
    public async Task Run_CallerLeavesBeforeTheDeadline_IsCancelledAndNotLate()
    {
        using var leaving = new CancellationTokenSource();
        var call = CallDeadline.RunAsync(Timeout, _time, Forever, leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Limit));
    }

    [Fact]
    public async Task Run_WithoutTimeout_NeverEndsByItself()
    {
        var call = CallDeadline.RunAsync(null, _time, Forever, default);
        _time.Advance(TimeSpan.FromDays(1));
        await Assert.ThrowsAsync<TimeoutException>(() => call.WaitAsync(TimeSpan.FromMilliseconds(50)));
    }

    private static async Task<bool> Forever(CancellationToken token)
    {
        await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        return true;
    }

    private async Task ExpectLateAsync<T>(Func<CancellationToken, Task<T>> wait)
    {
        var call = CallDeadline.RunAsync(Timeout, _time, wait, default);
        _time.Advance(Timeout - TimeSpan.FromMilliseconds(1));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var error = await Assert.ThrowsAsync<VisionException>(() => call.WaitAsync(Limit));
        Assert.Equal(VisionErrorCode.DeadlineExceeded, error.Code);
    }

    private sealed record Blob : IImageEmbedding
    {
        public long Bytes => 1;
    }
}
