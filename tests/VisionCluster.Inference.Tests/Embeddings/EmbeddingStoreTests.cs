using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Embeddings;

namespace VisionCluster.Inference.Tests.Embeddings;

public sealed class EmbeddingStoreTests
{
    private static readonly EmbeddingInstruments Instruments = new(
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    private readonly EmbeddingStore _store;
    private long _budget = 300;
    private int _computed;

    public EmbeddingStoreTests() => _store = new EmbeddingStore(() => _budget, Instruments);

    [Fact]
    public async Task GetOrCompute_HundredAtOnce_ComputesOnce()
    {
        var release = new TaskCompletionSource();
        var waiting = Enumerable.Range(0, 100).Select(_ => GetAsync("a", release.Task)).ToArray();
        Assert.Equal(EmbeddingState.Computing, _store.StateOf(Key("a")));
        release.SetResult();
        var results = await Task.WhenAll(waiting);
        Assert.Equal(1, _computed);
        Assert.All(results, result => Assert.Same(results[0], result));
        Assert.Equal(EmbeddingState.Ready, _store.StateOf(Key("a")));
    }

    [Fact]
    public async Task GetOrCompute_FirstCallerLeaves_TheOthersAreServedByTheSameRun()
    {
        var release = new TaskCompletionSource();
        using var leaving = new CancellationTokenSource();
        var first = GetAsync("a", release.Task, leaving.Token);
        var second = GetAsync("a", release.Task);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        release.SetResult();
        Assert.NotNull(await second);
        Assert.Equal(1, _computed);
    }

    [Fact]
    public async Task GetOrCompute_EverybodyLeaves_TheRunIsCancelledAndTheNextCallerStartsAnother()
    {
        using var leaving = new CancellationTokenSource();
        var cancelled = new TaskCompletionSource();
        var first = _store.GetOrComputeAsync(Key("a"), async token =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return new Blob(100);
            }
            finally
            {
                cancelled.TrySetResult();
            }
        }, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.NotNull(await GetAsync("a", Task.CompletedTask));
    }

    [Fact]
    public async Task GetOrCompute_EverybodyLeftARunThatEndsAllTheSame_TheNextCallerIsServedByIt()
    {
        var release = new TaskCompletionSource();
        using var leaving = new CancellationTokenSource();
        var first = GetAsync("a", release.Task, leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = GetAsync("a", release.Task);
        release.SetResult();
        Assert.NotNull(await second);
        Assert.Equal(1, _computed);
    }

    [Fact]
    public async Task GetOrCompute_FailedRun_IsNotKept()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => _store.GetOrComputeAsync<Blob>(
            Key("a"), _ => throw new InvalidDataException(), default).AsTask());
        Assert.NotNull(await GetAsync("a", Task.CompletedTask));
    }

    [Fact]
    public async Task GetOrCompute_BeyondTheBudget_DropsTheLeastRecentlyUsed()
    {
        await GetAsync("a", Task.CompletedTask);
        await GetAsync("b", Task.CompletedTask);
        await GetAsync("c", Task.CompletedTask);
        await GetAsync("a", Task.CompletedTask);
        await GetAsync("d", Task.CompletedTask);
        Assert.Equal(300, _store.Bytes);
        Assert.Equal(EmbeddingState.Absent, _store.StateOf(Key("b")));
        Assert.Equal(EmbeddingState.Ready, _store.StateOf(Key("a")));
        Assert.Equal(4, _computed);
        await GetAsync("b", Task.CompletedTask);
        Assert.Equal(5, _computed);
    }

    [Fact]
    public async Task Trim_AfterTheBudgetShrank_DropsTheLeastRecentlyUsedUntilItIsKept()
    {
        await GetAsync("a", Task.CompletedTask);
        await GetAsync("b", Task.CompletedTask);
        await GetAsync("c", Task.CompletedTask);
        _budget = 150;
        _store.Trim();
        Assert.Equal(100, _store.Bytes);
        Assert.Equal(EmbeddingState.Ready, _store.StateOf(Key("c")));
        _budget = 99;
        Assert.NotNull(await GetAsync("d", Task.CompletedTask));
        Assert.Equal(EmbeddingState.Absent, _store.StateOf(Key("d")));
    }

    [Fact]
    public async Task Forget_AnImage_DropsItsEmbeddingsOnly()
    {
        await GetAsync("a", Task.CompletedTask);
        await GetAsync("b", Task.CompletedTask);
        _store.Forget(Key("a").Image);
        Assert.Equal(EmbeddingState.Absent, _store.StateOf(Key("a")));
        Assert.Equal(EmbeddingState.Ready, _store.StateOf(Key("b")));
        Assert.Equal(100, _store.Bytes);
    }

    private static EmbeddingKey Key(string image) => new(new ImageKey(TenantId.Default, image), "model@1");

    private Task<Blob> GetAsync(string image, Task until, CancellationToken cancellationToken = default) =>
        _store.GetOrComputeAsync(Key(image), async _ =>
        {
            Interlocked.Increment(ref _computed);
            await until;
            return new Blob(100);
        }, cancellationToken).AsTask();

    private sealed record Blob(long Bytes) : IImageEmbedding;
}
