using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Stages;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Batching;

/// <summary>One run, several traces.</summary>
public sealed class BatchTraceTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivitySource _requests = new("BatchTraceTests");
    private readonly ActivityListener _listener;

    public BatchTraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is VisionTelemetry.Name or "BatchTraceTests",
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public async Task Run_ItemsOfTwoRequests_IsOneSpanLinkedToBothAndFromBoth()
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var times = new TenantTimes(new TenantSeries(4));
        using var gate = new ManualResetEventSlim(false);
        using var entered = new ManualResetEventSlim(false);
        var runner = new FakeRunner
        {
            BeforeRun = _ =>
            {
                entered.Set();
                Assert.True(gate.Wait(TimeSpan.FromSeconds(60)));
            },
        };
        await using var queue = new BatchExecutor<int, int>(
            "fake", runner, new BatchingOptions { MaxBatchSize = 2 }, ModelFixture.Environment with { TenantTimes = times });
        var blocker = RequestAsync(0, "blocker");
        // A queue that is empty may not have got it yet.
        Assert.True(entered.Wait(TimeSpan.FromSeconds(60)));
        var (one, two) = (RequestAsync(1, "one"), RequestAsync(3, "two"));

        // As a full batch they have left the queue for the device's buffers, both of them.
        Assert.True(SpinWait.SpinUntil(() => queue.Queued == 0, TimeSpan.FromSeconds(60)));
        gate.Set();
        var traces = await Task.WhenAll(one, two);
        await blocker;

        // Callers have their answers a moment before the batch ends; other tests' batches are heard as well.
        Activity[] batches = [];
        Assert.True(SpinWait.SpinUntil(() => (batches = [.. _ended.Where(span => IsBatchOf(span, traces))]).Length > 0, TimeSpan.FromSeconds(60)));
        var batch = Assert.Single(batches);
        Assert.Equal(2, batch.Links.Count());
        Assert.Contains(batch.TraceId, traces);
        Assert.Single(_ended, span => span.OperationName == VisionTelemetry.DeviceSpan && span.ParentSpanId == batch.SpanId);
        foreach (var trace in traces)
        {
            var run = Assert.Single(_ended, span => span.OperationName == Contracts.Telemetry.Stages.Inference && span.TraceId == trace);
            Assert.Equal(2, run.GetTagItem(VisionTelemetry.BatchSize));
            Assert.True((double)run.GetTagItem(VisionTelemetry.QueueWait)! > 0);
            Assert.Equal(batch.SpanId, run.Links.Single().Context.SpanId);
            Assert.Single(_ended, span => span.OperationName == Contracts.Telemetry.Stages.Queue && span.TraceId == trace);
        }

        var seconds = times.Seconds.ToDictionary();
        Assert.Equal(3, seconds["two"] / seconds["one"], 2);

        async Task<ActivityTraceId> RequestAsync(int cost, string tenant)
        {
            using var request = _requests.StartActivity("request", ActivityKind.Server, default(ActivityContext))!;
            var call = InferenceCall.Begin(
                new TenantId(tenant), CallOptions.Default, TimeProvider.System, new StageInstruments(meters), "test", default);
            await call.RunAsync(queue, cost, cost, 0, default);
            return request.TraceId;
        }
    }

    private static bool IsBatchOf(Activity span, ActivityTraceId[] traces) =>
        span.OperationName == VisionTelemetry.BatchSpan && span.Links.Select(link => link.Context.TraceId).ToHashSet().SetEquals(traces);

    public void Dispose()
    {
        _listener.Dispose();
        _requests.Dispose();
    }
}
