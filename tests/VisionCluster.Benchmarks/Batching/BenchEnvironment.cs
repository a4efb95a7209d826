using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Benchmarks.Batching;

/// <summary>What executors need.</summary>
internal static class BenchEnvironment
{
    public static BatchingEnvironment Create(Func<string, double>? weightOf = null) => new(
        TimeProvider.System,
        weightOf ?? (static _ => 1),
        new BatchingInstruments(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()),
        static _ => { });

    public static WorkTicket Ticket(string tenant) => new(new TenantId(tenant), RequestLane.Online);
}
