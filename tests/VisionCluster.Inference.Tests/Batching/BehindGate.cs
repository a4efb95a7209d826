using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Batching;

/// <summary>Executors on a fake device whose runs a test may hold up at a gate.</summary>
public abstract class BehindGate : IAsyncLifetime, IDisposable
{
    private readonly List<BatchExecutor<int, int>> _started = [];

    private protected static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    private protected static WorkTicket Ticket { get; } = new(TenantId.Default, RequestLane.Online);

    private protected FakeRunner Runner { get; } = new();

    private protected ManualResetEventSlim Gate { get; } = new(true);

    private protected Exception? Lost { get; private set; }

    public Task InitializeAsync()
    {
        Runner.BeforeRun = _ => Assert.True(Gate.Wait(Limit));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        Gate.Set();
        foreach (var executor in _started)
        {
            await executor.DisposeAsync();
        }
    }

    public void Dispose()
    {
        Gate.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected BatchExecutor<int, int> Start(BatchingOptions? options = null, TimeProvider? time = null)
    {
        var environment = ModelFixture.Environment with { DeviceLost = error => Lost = error, Time = time ?? TimeProvider.System };
        var executor = new BatchExecutor<int, int>("fake", Runner, options ?? new BatchingOptions(), environment);
        _started.Add(executor);
        return executor;
    }

    /// <summary>The first item is at the device, behind a closed gate, when the others come.</summary>
    private protected async Task<Task<BatchResult<int>>[]> EnqueueBehindGateAsync(BatchExecutor<int, int> executor, int count)
    {
        Gate.Reset();
        var first = executor.EnqueueAsync(0, Ticket, 1, 0, default).AsTask();
        Assert.True(SpinWait.SpinUntil(() => !Runner.Threads.IsEmpty, Limit));
        var others = Enumerable.Range(1, count - 1).Select(i => executor.EnqueueAsync(i, Ticket, 1, 0, default).AsTask()).ToArray();
        await Task.Yield();
        return [first, .. others];
    }
}
