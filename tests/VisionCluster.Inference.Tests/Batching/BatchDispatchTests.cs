using Microsoft.Extensions.Time.Testing;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Tests.Batching;

/// <summary>Between staging and the device: who has left or is late by then is not run, and instances run side by side.</summary>
public sealed class BatchDispatchTests : BehindGate
{
    [Fact]
    public async Task Dispatch_CallerLeftWhileStaged_EndsAtOnceAndTheDeviceNeverSeesTheItem()
    {
        var executor = Start(new BatchingOptions { MaxBatchSize = 1 });
        var tasks = await EnqueueBehindGateAsync(executor, 1);
        using var leaving = new CancellationTokenSource();
        var left = executor.EnqueueAsync(7, Ticket, 1, 0, leaving.Token).AsTask();
        WaitUntilStaged(executor);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.WaitAsync(Limit));
        Assert.False(tasks[0].IsCompleted);
        Gate.Set();
        Assert.Equal(16, (await executor.EnqueueAsync(8, Ticket, 1, 0, default)).Output);
        Assert.Equal([[0], [8]], Runner.Runs);
    }

    [Fact]
    public async Task Dispatch_OneOfAStagedBatchLeft_TheOthersRunWithoutIt()
    {
        var executor = Start(new BatchingOptions { MaxBatchSize = 3 });
        var tasks = await EnqueueBehindGateAsync(executor, 2);
        using var leaving = new CancellationTokenSource();
        var left = executor.EnqueueAsync(7, Ticket, 1, 0, leaving.Token).AsTask();
        var last = executor.EnqueueAsync(2, Ticket, 1, 0, default).AsTask();
        WaitUntilStaged(executor);
        await leaving.CancelAsync();
        Gate.Set();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.WaitAsync(Limit));
        var results = await Task.WhenAll([.. tasks, last]).WaitAsync(Limit);
        Assert.Equal([0, 2, 4], results.Select(result => result.Output));
        Assert.Equal([[0], [1, 2]], Runner.Runs);
    }

    [Fact]
    public async Task Dispatch_DeadlinePassesAsAnInstanceIsFree_IsRefusedAndNotRun()
    {
        var time = new FakeTimeProvider();
        var executor = Start(new BatchingOptions { MaxBatchSize = 1 }, time);
        await EnqueueBehindGateAsync(executor, 1);
        var late = executor.EnqueueAsync(7, Ticket with { Deadline = time.GetTimestamp() + time.TimestampFrequency }, 1, 0, default).AsTask();
        WaitUntilStaged(executor);
        time.Advance(TimeSpan.FromSeconds(2));
        Gate.Set();
        var error = await Assert.ThrowsAsync<VisionException>(() => late.WaitAsync(Limit));
        Assert.Equal(VisionErrorCode.DeadlineExceeded, error.Code);
        Assert.Equal(16, (await executor.EnqueueAsync(8, Ticket, 1, 0, default)).Output);
        Assert.DoesNotContain(7, Runner.Runs.SelectMany(run => run));
    }

    [Fact]
    public async Task Dispatch_TwoInstances_RunSideBySideAndTheThirdWaits()
    {
        var executor = Start(new BatchingOptions { MaxBatchSize = 1, Instances = 2 });
        var tasks = await EnqueueBehindGateAsync(executor, 3);
        Assert.True(SpinWait.SpinUntil(() => Runner.Threads.Count == 2 && executor.Queued == 0, Limit));
        Assert.Empty(Runner.Runs);
        Gate.Set();
        await Task.WhenAll(tasks).WaitAsync(Limit);
        Assert.Equal(3, Runner.Runs.Count);
    }

    /// <summary>It has left the queue for the device's buffers, while the instance is busy.</summary>
    private static void WaitUntilStaged(BatchExecutor<int, int> executor) =>
        Assert.True(SpinWait.SpinUntil(() => executor.Queued == 0, Limit));
}
