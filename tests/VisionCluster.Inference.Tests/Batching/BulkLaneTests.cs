using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Sources;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Batching;

/// <summary>Clicks beside calls that ask for all masks of an image: the decoder's queue as those calls use it.</summary>
public sealed class BulkLaneTests
{
    private const int Calls = 4;
    private const int Points = 96;
    private const int FirstClick = 10_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A run is not interrupted, and a full batch that is staged for the device keeps its place; nothing else of the
    /// bulk lane comes before a click, however many points wait and however long they have waited.
    /// </summary>
    [Fact]
    public async Task Click_WhileEverythingCallsFillTheQueue_RunsAfterWhatTheDeviceHasAlready()
    {
        var options = new BatchingOptions { MaxBatchSize = 8 };
        var time = new FakeTimeProvider();
        var (runner, permits, started) = (new FakeRunner(), new SemaphoreSlim(0), new ConcurrentQueue<int[]>());
        runner.BeforeRun = inputs =>
        {
            started.Enqueue(inputs);
            Assert.True(permits.Wait(Limit));
            // Slower than a step of ageing takes, so that every waiting point rises by one lane.
            time.Advance(TimeSpan.FromMicroseconds(options.LaneAgeingMicroseconds * 0.9));
        };
        await using var executor = new BatchExecutor<int, int>("fake", runner, options, ModelFixture.Environment with { Time = time });
        using var places = new WorkLimiter(options.BulkWindow);
        var everything = Enumerable.Range(0, Calls).Select(call => Task.Run(() => EverythingAsync(executor, options, places, call))).ToArray();

        try
        {
            await ClickAsync(executor, runner, permits, started);
        }
        finally
        {
            runner.BeforeRun = static _ => { };
            permits.Release(1000);
        }

        await Task.WhenAll(everything).WaitAsync(Limit);
        Assert.Equal(Calls * Points, runner.Runs.SelectMany(run => run).Count(item => item < FirstClick));
        Assert.All(runner.Runs, run => Assert.True(run.All(item => item < FirstClick) || run.All(item => item >= FirstClick)));
    }

    /// <summary>Clicks, one after the other, each at a moment when the device runs, and counts the runs that come before it.</summary>
    private static async Task ClickAsync(
        BatchExecutor<int, int> executor, FakeRunner runner, SemaphoreSlim permits, ConcurrentQueue<int[]> started)
    {
        for (var click = 0; click < 5; click++)
        {
            Assert.True(
                SpinWait.SpinUntil(() => started.Count > runner.Runs.Count, Limit), "The device is idle while points wait.");
            var before = started.Count;
            var answer = executor.EnqueueAsync(
                FirstClick + click, new WorkTicket(new TenantId("clicks"), RequestLane.Interactive), 1, 0, default).AsTask();
            for (var runs = runner.Runs.Count; !answer.IsCompleted; runs++)
            {
                permits.Release();
                Assert.True(SpinWait.SpinUntil(() => runner.Runs.Count > runs, Limit), "A run that may go on does not end.");
                Assert.True(
                    SpinWait.SpinUntil(() => answer.IsCompleted || started.Count > runner.Runs.Count, Limit), "No run follows.");
            }

            var after = started.Skip(before).TakeWhile(run => run[0] < FirstClick).Count();
            Assert.InRange(after, 0, 1);
            await answer;
        }
    }

    private static async Task EverythingAsync(
        BatchExecutor<int, int> executor, BatchingOptions options, WorkLimiter places, int call)
    {
        var ticket = new WorkTicket(new TenantId($"bulk{call}"), RequestLane.Bulk);
        var found = OrderedFanOut.RunAsync(
            Enumerable.Range(call * Points, Points),
            options.BulkWindow,
            async (point, token) =>
            {
                using var place = await places.EnterAsync(token);
                return (await executor.EnqueueAsync(point, ticket, 1, 0, token)).Output;
            },
            CancellationToken.None);
        await foreach (var _ in found)
        {
        }
    }
}
