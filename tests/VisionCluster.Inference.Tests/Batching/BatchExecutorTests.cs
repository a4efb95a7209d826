using Microsoft.Extensions.Time.Testing;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Tests.Batching;

public sealed class BatchExecutorTests : BehindGate
{
    [Fact]
    public async Task Enqueue_OneItem_RunsOnAThreadOfTheGraph()
    {
        var result = await Start().EnqueueAsync(21, Ticket, 1, 0, default);
        Assert.Equal((42, 1), (result.Output, result.BatchSize));
        Assert.StartsWith("fake ", Runner.Threads.Single());
    }

    [Fact]
    public async Task Enqueue_ManyWhileBusy_ReachTheDeviceAsFullBatches()
    {
        var executor = Start(new BatchingOptions { MaxBatchSize = 8 });
        var tasks = await EnqueueBehindGateAsync(executor, 17);
        Gate.Set();
        var results = await Task.WhenAll(tasks).WaitAsync(Limit);
        Assert.Equal(Enumerable.Range(0, 17).Select(i => i * 2), results.Select(r => r.Output));
        Assert.Equal([1, 8, 8], Runner.Runs.Select(run => run.Length));
    }

    [Fact]
    public async Task Enqueue_WhileADeviceRuns_TheNextFullBatchIsStagedMeanwhile()
    {
        var executor = Start(new BatchingOptions { MaxBatchSize = 2 });
        var tasks = await EnqueueBehindGateAsync(executor, 3);
        // The first item runs behind the gate; the next two have left the queue for the staging buffers.
        Assert.True(SpinWait.SpinUntil(() => executor.Queued == 0, Limit));
        Assert.Single(Runner.Threads);
        Gate.Set();
        await Task.WhenAll(tasks).WaitAsync(Limit);
    }

    [Fact]
    public async Task Enqueue_CallerLeaves_TheDeviceNeverSeesTheItem()
    {
        var executor = Start(new BatchingOptions { MaxBatchSize = 8 });
        var tasks = await EnqueueBehindGateAsync(executor, 2);
        using var leaving = new CancellationTokenSource();
        var left = executor.EnqueueAsync(99, Ticket, 1, 0, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.WaitAsync(Limit));
        Gate.Set();
        await Task.WhenAll(tasks).WaitAsync(Limit);
        await executor.EnqueueAsync(5, Ticket, 1, 0, default);
        Assert.DoesNotContain(99, Runner.Runs.SelectMany(run => run));
        Assert.Equal(0, executor.Queued);
    }

    [Fact]
    public async Task Enqueue_FullQueue_IsRefusedWithATimeToComeBack()
    {
        var executor = Start(new BatchingOptions { MaxBatchSize = 1, MaxQueueSize = 4, TenantQueueShare = 1 });
        var tasks = await EnqueueBehindGateAsync(executor, 5);
        VisionException? refusal = null;
        for (var i = 0; i < 3 && refusal is null; i++)
        {
            var more = executor.EnqueueAsync(50 + i, Ticket, 1, 0, default).AsTask();
            refusal = more.IsFaulted ? await Assert.ThrowsAsync<VisionException>(() => more) : null;
            tasks = more.IsFaulted ? tasks : [.. tasks, more];
        }

        Assert.Equal(VisionErrorCode.Overloaded, refusal!.Code);
        Assert.Equal(Math.Clamp(executor.QueueSeconds, 0.05, 60), refusal.RetryAfter!.Value.TotalSeconds, 3);
        Gate.Set();
        await Task.WhenAll(tasks).WaitAsync(Limit);
    }

    [Fact]
    public async Task Enqueue_PoisonInABatch_FailsAloneAndItsMatesAreServed()
    {
        var executor = Start(new BatchingOptions { MaxBatchSize = 8 });
        var tasks = await EnqueueBehindGateAsync(executor, 9);
        Runner.BeforeRun = inputs =>
        {
            if (inputs.Contains(5))
            {
                throw new InvalidOperationException("poison");
            }
        };
        Gate.Set();
        for (var i = 0; i < tasks.Length; i++)
        {
            if (i == 5)
            {
                var error = await Assert.ThrowsAsync<VisionException>(() => tasks[5].WaitAsync(Limit));
                Assert.Equal(VisionErrorCode.DeviceFailed, error.Code);
            }
            else
            {
                Assert.Equal(i * 2, (await tasks[i].WaitAsync(Limit)).Output);
            }
        }
    }

    [Fact]
    public async Task Enqueue_OutputThatIsNotANumber_FailsThatItemOnly()
    {
        Runner.Undefined.Add(2);
        var executor = Start(new BatchingOptions { MaxBatchSize = 8 });
        var tasks = await EnqueueBehindGateAsync(executor, 4);
        Gate.Set();
        await Assert.ThrowsAsync<VisionException>(() => tasks[2].WaitAsync(Limit));
        Assert.Equal(6, (await tasks[3].WaitAsync(Limit)).Output);
    }

    [Fact]
    public async Task Enqueue_BatchThatDoesNotFitIntoMemory_IsServedInSmallerOnes()
    {
        var executor = Start(new BatchingOptions { MaxBatchSize = 8 });
        var tasks = await EnqueueBehindGateAsync(executor, 17);
        Runner.BeforeRun = inputs =>
        {
            if (inputs.Length > 4)
            {
                throw new DeviceOutOfMemoryException("too large");
            }
        };
        Gate.Set();
        var results = await Task.WhenAll(tasks).WaitAsync(Limit);
        Assert.Equal(Enumerable.Range(0, 17).Select(i => i * 2), results.Select(r => r.Output));
        Assert.All(Runner.Runs, run => Assert.True(run.Length <= 4));
    }

    [Fact]
    public async Task Enqueue_LostDevice_FailsTheBatchAndIsReportedOnce()
    {
        var executor = Start();
        Runner.BeforeRun = _ => throw new DeviceLostException("gone");
        var error = await Assert.ThrowsAsync<VisionException>(() => executor.EnqueueAsync(1, Ticket, 1, 0, default).AsTask());
        Assert.Equal(VisionErrorCode.DeviceFailed, error.Code);
        Assert.True(SpinWait.SpinUntil(() => Lost is DeviceLostException, Limit));
    }

    [Fact]
    public async Task Enqueue_DeadlinePassesInTheQueue_IsRefused()
    {
        var executor = Start(new BatchingOptions { MaxBatchSize = 1 });
        var tasks = await EnqueueBehindGateAsync(executor, 1);
        var deadline = TimeProvider.System.GetTimestamp() + (TimeProvider.System.TimestampFrequency / 50);
        // Two items: one is staged for the busy device, the other still waits when its time is up.
        _ = executor.EnqueueAsync(7, Ticket, 1, 0, default).AsTask();
        var late = executor.EnqueueAsync(8, Ticket with { Deadline = deadline }, 1, 0, default).AsTask();
        SpinWait.SpinUntil(() => TimeProvider.System.GetTimestamp() > deadline);
        Gate.Set();
        var error = await Assert.ThrowsAsync<VisionException>(() => late.WaitAsync(Limit));
        Assert.Equal(VisionErrorCode.DeadlineExceeded, error.Code);
        await Task.WhenAll(tasks).WaitAsync(Limit);
        Assert.DoesNotContain(8, Runner.Runs.SelectMany(run => run));
    }

    [Fact]
    public async Task Enqueue_DeadlinePassesWhileAStagedBatchWaitsForAnInstance_IsRefusedBeforeTheRunEnds()
    {
        var time = new FakeTimeProvider();
        var executor = Start(new BatchingOptions { MaxBatchSize = 1 }, time);
        var tasks = await EnqueueBehindGateAsync(executor, 1);
        var late = executor.EnqueueAsync(7, Ticket with { Deadline = time.GetTimestamp() + time.TimestampFrequency }, 1, 0, default).AsTask();
        // It has left the queue: it is staged for the instance that is busy.
        Assert.True(SpinWait.SpinUntil(() => executor.Queued == 0, Limit));
        time.Advance(TimeSpan.FromSeconds(2));
        var error = await Assert.ThrowsAsync<VisionException>(() => late.WaitAsync(Limit));
        Assert.Equal(VisionErrorCode.DeadlineExceeded, error.Code);
        Assert.False(tasks[0].IsCompleted);
        Gate.Set();
        await Task.WhenAll(tasks).WaitAsync(Limit);
        Assert.Equal(16, (await executor.EnqueueAsync(8, Ticket, 1, 0, default)).Output);
        Assert.DoesNotContain(7, Runner.Runs.SelectMany(run => run));
    }

    [Fact]
    public async Task Dispose_WhileItemsWait_RefusesThemAndEndsTheRunningOne()
    {
        var executor = Start(new BatchingOptions { MaxBatchSize = 1 });
        var tasks = await EnqueueBehindGateAsync(executor, 6);
        var stopping = executor.DisposeAsync().AsTask();
        Gate.Set();
        await stopping.WaitAsync(Limit);
        var outcomes = await Task.WhenAll(tasks.Select(async task =>
        {
            try
            {
                return (await task.WaitAsync(Limit)).Output;
            }
            catch (VisionException error) when (error.Code == VisionErrorCode.ModelUnavailable)
            {
                return -1;
            }
        }));
        Assert.Equal(0, outcomes[0]);
        Assert.Contains(-1, outcomes);
        var refused = await Assert.ThrowsAsync<VisionException>(() => executor.EnqueueAsync(1, Ticket, 1, 0, default).AsTask());
        Assert.Equal(VisionErrorCode.ModelUnavailable, refused.Code);
    }
}
