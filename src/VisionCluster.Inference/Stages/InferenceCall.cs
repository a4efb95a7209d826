using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Stages;

/// <summary>Who asks, how urgent it is, how long somebody waits, and where the time goes.</summary>
/// <param name="Ticket">For every queue the call passes.</param>
/// <param name="Stages">Measures the call.</param>
/// <param name="CancellationToken">The caller left.</param>
public sealed record InferenceCall(WorkTicket Ticket, StageClock Stages, CancellationToken CancellationToken)
{
    /// <summary>Queues an item of this call and counts its wait and its run.</summary>
    /// <param name="queue">The graph's queue.</param>
    /// <param name="input">Stays untouched until the task has ended.</param>
    /// <param name="cost">What it costs the device, in the graph's unit.</param>
    /// <param name="shape">Only items of one shape share a run.</param>
    /// <param name="cancellationToken">Ends the wait for this item.</param>
    public async Task<TOutput> RunAsync<TInput, TOutput>(
        BatchExecutor<TInput, TOutput> queue, TInput input, double cost, int shape, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        var result = await queue.EnqueueAsync(input, Ticket, cost, shape, cancellationToken);
        Stages.AddRun(queue.Graph, result.Queued, result.Ran, result.BatchSize, result.Batch);
        return result.Output;
    }

    /// <summary>A call that begins now.</summary>
    public static InferenceCall Begin(
        TenantId tenant,
        CallOptions options,
        TimeProvider time,
        StageInstruments instruments,
        string operation,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        var deadline = options.Timeout is { } timeout
            ? time.GetTimestamp() + (long)(timeout.TotalSeconds * time.TimestampFrequency)
            : WorkTicket.NoDeadline;
        return new InferenceCall(
            new WorkTicket(tenant, options.Lane, options.Priority, deadline),
            new StageClock(time, instruments, operation),
            cancellationToken);
    }
}
