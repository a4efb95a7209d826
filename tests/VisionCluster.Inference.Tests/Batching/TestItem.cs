using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Tests.Batching;

/// <summary>An item that remembers its place in its tenant's order.</summary>
internal sealed class TestItem(WorkTicket ticket, int number, double cost = 1, int shape = 0) : QueuedItem(ticket, cost, shape)
{
    public TestItem(string tenant, int number, double cost = 1, int shape = 0, RequestLane lane = RequestLane.Online)
        : this(new WorkTicket(new TenantId(tenant), lane), number, cost, shape)
    {
    }

    public int Number { get; } = number;

    public string Tenant => Ticket.Tenant.Value;
}
