using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>What probes ask; every role has them.</summary>
public static class HealthEndpoints
{
    /// <summary>Maps <c>/health/live</c>, which answers while the process does, and <c>/health/ready</c>.</summary>
    public static void MapVisionHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = static _ => false });
        routes.MapHealthChecks(
            "/health/ready", new HealthCheckOptions { Predicate = static check => check.Tags.Contains(HealthTags.Ready) });
    }
}
