using System.Diagnostics;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Inference.Stages;

/// <summary>
/// Measures the stages of one call: a span and a histogram entry each time, and the sum for the answer. Stages of one
/// call may run side by side.
/// </summary>
public sealed class StageClock(TimeProvider time, StageInstruments instruments, string operation)
{
    private const int StageCount = 5;

    private readonly long[] _ticks = new long[StageCount];
    private readonly ActivityContext _parent = Activity.Current?.Context ?? default;

    /// <summary>Runs a piece of a stage on the calling thread.</summary>
    public T Measure<T>(string stage, Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var span = VisionTelemetry.Source.StartActivity(stage, ActivityKind.Internal, _parent);
        var started = time.GetTimestamp();
        try
        {
            return work();
        }
        finally
        {
            Count(stage, time.GetElapsedTime(started));
        }
    }

    /// <summary>Adds a wait and a run that a batch reports when they are over.</summary>
    /// <param name="graph">What ran.</param>
    /// <param name="queued">Time in the queue.</param>
    /// <param name="ran">Length of the run that ended now.</param>
    /// <param name="batchSize">Items that shared it.</param>
    /// <param name="batch">The batch's span, which the run's links to.</param>
    public void AddRun(string graph, TimeSpan queued, TimeSpan ran, int batchSize, ActivityContext batch = default)
    {
        Count(Contracts.Telemetry.Stages.Queue, queued);
        Count(Contracts.Telemetry.Stages.Inference, ran);
        if (VisionTelemetry.Source.HasListeners())
        {
            var end = time.GetUtcNow();
            Span(Contracts.Telemetry.Stages.Queue, end - ran - queued, end - ran, graph)?.Dispose();
            using var run = Span(Contracts.Telemetry.Stages.Inference, end - ran, end, graph, batch);
            run?.SetTag(VisionTelemetry.BatchSize, batchSize);
            run?.SetTag(VisionTelemetry.QueueWait, queued.TotalSeconds);
        }
    }

    /// <summary>The sums so far.</summary>
    public StageTimings ToTimings() => new(
        Milliseconds(0), Milliseconds(1), Milliseconds(2), Milliseconds(3), Milliseconds(4));

    private static int IndexOf(string stage) => stage switch
    {
        Contracts.Telemetry.Stages.Decode => 0,
        Contracts.Telemetry.Stages.Preprocess => 1,
        Contracts.Telemetry.Stages.Queue => 2,
        Contracts.Telemetry.Stages.Inference => 3,
        Contracts.Telemetry.Stages.Postprocess => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "No such stage."),
    };

    private Activity? Span(string stage, DateTimeOffset start, DateTimeOffset end, string graph, ActivityContext batch = default)
    {
        var span = VisionTelemetry.Source.StartActivity(
            stage, ActivityKind.Internal, _parent, links: batch == default ? null : [new ActivityLink(batch)], startTime: start);
        span?.SetTag(VisionTelemetry.Graph, graph);
        span?.SetEndTime(end.UtcDateTime);
        return span;
    }

    private void Count(string stage, TimeSpan duration)
    {
        Interlocked.Add(ref _ticks[IndexOf(stage)], duration.Ticks);
        instruments.Passed(operation, stage, duration);
    }

    private double Milliseconds(int stage) => TimeSpan.FromTicks(Volatile.Read(ref _ticks[stage])).TotalMilliseconds;
}
