using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Inference.Batching;

/// <summary>Whose an item is and how it is to be scheduled.</summary>
/// <param name="Tenant">Who pays for it.</param>
/// <param name="Lane">How urgent it is.</param>
/// <param name="Priority">1 (first) to the queue's levels; 0 is the queue's default.</param>
/// <param name="Deadline">Timestamp of the queue's clock after which nobody waits; <see cref="NoDeadline"/> for none.</param>
/// <param name="Timeout">The item's own queue timeout; null for the queue's default.</param>
public readonly record struct WorkTicket(
    TenantId Tenant, RequestLane Lane, int Priority = 0, long Deadline = WorkTicket.NoDeadline, TimeSpan? Timeout = null)
{
    /// <summary>Somebody always waits.</summary>
    public const long NoDeadline = long.MaxValue;
}
