using System.Diagnostics;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Batching;

/// <summary>
/// Runs a batch and contains what goes wrong: a batch that fails is halved until the item that breaks it is alone, so
/// that its mates are served; one that does not fit into memory is halved and later ones stay small for a while.
/// </summary>
internal sealed class BatchAttempt<TInput, TOutput>(
    string graph,
    IBatchRunner<TInput, TOutput> runner,
    int largestBatch,
    BatchingEnvironment environment,
    RunStatistics statistics)
{
    /// <summary>Whole batches that must go well before a size that did not fit is tried again.</summary>
    private const int RunsBeforeGrowing = 64;

    private readonly Lock _staging = new();
    private readonly int _largestBatch = largestBatch;
    private int _maxBatchSize = largestBatch;
    private int _goodRuns;

    /// <summary>Most items of a run now.</summary>
    public int MaxBatchSize => Volatile.Read(ref _maxBatchSize);

    /// <summary>Stages a batch; null where that failed, which <see cref="Run"/> then finds out again item by item.</summary>
    public IStagedBatch<TOutput>? Stage(IReadOnlyList<BatchItem<TInput, TOutput>> batch)
    {
        try
        {
            return StageRange(batch, 0, batch.Count);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Runs a batch to its end: afterwards every item's caller has an answer.</summary>
    public void Run(IReadOnlyList<BatchItem<TInput, TOutput>> batch, IStagedBatch<TOutput>? staged) =>
        RunRange(batch, 0, batch.Count, staged, environment.Time.GetTimestamp());

    private void RunRange(
        IReadOnlyList<BatchItem<TInput, TOutput>> batch, int first, int count, IStagedBatch<TOutput>? staged, long started)
    {
        using var span = BatchTrace.Start(graph, batch, first, count);
        try
        {
            using var ready = staged ?? StageRange(batch, first, count);
            var outputs = new ItemOutput<TOutput>[count];
            var runStarted = environment.Time.GetTimestamp();
            using (BatchTrace.StartRun(span))
            {
                ready.Run(outputs);
            }

            Answer(batch, first, outputs, started, environment.Time.GetElapsedTime(runStarted), span?.Context ?? default);
        }
        catch (DeviceLostException error)
        {
            span?.SetStatus(ActivityStatusCode.Error);
            FailRange(batch, first, count, error);
            environment.DeviceLost(error);
        }
        catch (Exception error) when (count > 1)
        {
            span?.SetStatus(ActivityStatusCode.Error);
            if (error is DeviceOutOfMemoryException)
            {
                Volatile.Write(ref _maxBatchSize, Math.Max(1, Math.Min(MaxBatchSize, count / 2)));
                _goodRuns = 0;
            }

            RunRange(batch, first, count / 2, null, started);
            RunRange(batch, first + (count / 2), count - (count / 2), null, started);
        }
        catch (Exception error)
        {
            span?.SetStatus(ActivityStatusCode.Error);
            FailRange(batch, first, count, error);
        }
    }

    private void Answer(
        IReadOnlyList<BatchItem<TInput, TOutput>> batch,
        int first,
        ItemOutput<TOutput>[] outputs,
        long started,
        TimeSpan duration,
        ActivityContext span)
    {
        var total = 0d;
        for (var i = 0; i < outputs.Length; i++)
        {
            total += batch[first + i].Cost;
        }

        // Counted first: whoever has an answer finds its run in every figure.
        statistics.Ran(outputs.Length, total, duration);
        environment.Instruments.Ran(graph, outputs.Length, duration);
        for (var i = 0; i < outputs.Length; i++)
        {
            var item = batch[first + i];
            if (outputs[i].Error is { } error)
            {
                item.Fail(Translate(error));
                continue;
            }

            var queued = environment.Time.GetElapsedTime(item.EnqueuedAt, started);
            environment.Instruments.Waited(graph, queued);
            environment.TenantTimes?.Add(item.Ticket.Tenant.Value, duration.TotalSeconds * item.Cost / total);
            item.Complete(new BatchResult<TOutput>(outputs[i].Value!, queued, duration, outputs.Length, span));
        }

        if (MaxBatchSize < _largestBatch && Interlocked.Increment(ref _goodRuns) >= RunsBeforeGrowing)
        {
            _goodRuns = 0;
            Volatile.Write(ref _maxBatchSize, Math.Min(_largestBatch, MaxBatchSize * 2));
        }
    }

    private void FailRange(IReadOnlyList<BatchItem<TInput, TOutput>> batch, int first, int count, Exception error)
    {
        for (var i = first; i < first + count; i++)
        {
            batch[i].Fail(Translate(error));
        }
    }

    private IStagedBatch<TOutput> StageRange(IReadOnlyList<BatchItem<TInput, TOutput>> batch, int first, int count)
    {
        var inputs = new TInput[count];
        for (var i = 0; i < count; i++)
        {
            inputs[i] = batch[first + i].Input;
        }

        // The lead stages the next batch while a failed one is staged again in halves: rare, and never for long.
        lock (_staging)
        {
            return runner.Stage(inputs);
        }
    }

    private VisionException Translate(Exception error)
    {
        if (error is VisionException vision)
        {
            return vision;
        }

        environment.Instruments.Refused(graph, VisionErrorCode.DeviceFailed);
        return new VisionException(VisionErrorCode.DeviceFailed, $"{graph} failed on this input.", error)
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }
}
