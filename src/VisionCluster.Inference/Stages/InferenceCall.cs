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
