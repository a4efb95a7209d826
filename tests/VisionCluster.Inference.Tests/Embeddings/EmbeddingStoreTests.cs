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
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(60));
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

    [Fact]
    public async Task GetOrCompute_HeldEmbeddingDroppedWhileItIsUsed_GoesWithItsLastUser()
    {
        var release = new TaskCompletionSource();
        var waiting = Enumerable.Range(0, 20).Select(_ => GetHeldAsync("a", 100, release.Task)).ToArray();
        release.SetResult();
        var held = await Task.WhenAll(waiting);
        var again = await GetHeldAsync("a", 100, Task.CompletedTask);
        Assert.Same(held[0], again);

        _store.Forget(Key("a").Image);

        Assert.False(again.IsFreed);
        Assert.All(held, static embedding => embedding.Release());
        Assert.False(again.IsFreed);
        again.Release();
        ExpectFreed(again);
    }

    [Fact]
    public async Task GetOrCompute_HeldEmbeddingThatNobodyUses_GoesAsSoonAsItIsDropped()
    {
        var first = await GetHeldAsync("a", 200, Task.CompletedTask);
        first.Release();
        Assert.False(first.IsFreed);

        var second = await GetHeldAsync("b", 200, Task.CompletedTask);

        Assert.True(first.IsFreed);
        second.Release();
        Assert.False(second.IsFreed);
        _store.Clear();
        ExpectFreed(second);
    }

    [Fact]
    public async Task GetOrCompute_HeldEmbeddingAboveTheBudget_ServesThoseWhoWaitAndGoesWithTheLast()
    {
        var release = new TaskCompletionSource();
        var waiting = Enumerable.Range(0, 20).Select(_ => GetHeldAsync("a", 301, release.Task)).ToArray();
        release.SetResult();
        var held = await Task.WhenAll(waiting);
        Assert.All(held, embedding => Assert.Same(held[0], embedding));
        Assert.All(held[1..], static embedding => embedding.Release());
        Assert.False(held[0].IsFreed);
        held[0].Release();
        ExpectFreed(held[0]);
    }

    [Fact]
    public async Task GetOrCompute_EverybodyLeftTheRunOfAHeldEmbedding_ItIsKeptAndGoesWhenItIsDropped()
    {
        var release = new TaskCompletionSource();
        using var leaving = new CancellationTokenSource();
        var first = GetHeldAsync("a", 100, release.Task, leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        release.SetResult();
        var held = await GetHeldAsync("a", 100, Task.CompletedTask);
        held.Release();
        _store.Forget(Key("a").Image);
        ExpectFreed(held);
    }

    /// <summary>The run that made it lets go a moment after it has ended.</summary>
    private static void ExpectFreed(HeldBlob blob) => Assert.True(SpinWait.SpinUntil(() => blob.IsFreed, TimeSpan.FromSeconds(60)));

    private static EmbeddingKey Key(string image) => new(new ImageKey(TenantId.Default, image), "model@1");

    private Task<Blob> GetAsync(string image, Task until, CancellationToken cancellationToken = default) =>
        _store.GetOrComputeAsync(Key(image), async _ =>
        {
            Interlocked.Increment(ref _computed);
            await until;
            return new Blob(100);
        }, cancellationToken).AsTask();

    private Task<HeldBlob> GetHeldAsync(string image, long bytes, Task until, CancellationToken cancellationToken = default) =>
        _store.GetOrComputeAsync(Key(image), async _ =>
        {
            await until;
            return new HeldBlob(bytes);
        }, cancellationToken).AsTask();

    private sealed record Blob(long Bytes) : IImageEmbedding;

    /// <summary>Counts as device memory does: one for its owner, one for each who holds it.</summary>
    private sealed class HeldBlob(long bytes) : IHeldEmbedding
    {
        private int _count = 1;

        public long Bytes => bytes;

        public bool IsFreed => Volatile.Read(ref _count) == 0;

        public void Hold()
        {
            ObjectDisposedException.ThrowIf(IsFreed, this);
            Interlocked.Increment(ref _count);
        }

        public void Release() => Assert.True(Interlocked.Decrement(ref _count) >= 0);

        public void Dispose() => Release();
    }
}
