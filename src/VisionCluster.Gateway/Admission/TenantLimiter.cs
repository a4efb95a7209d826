using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Gateway.Authentication;
using VisionCluster.Gateway.Errors;

namespace VisionCluster.Gateway.Admission;

/// <summary>Refuses what is above a tenant's limits before its body is read.</summary>
internal static class TenantLimiter
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static void AddTenantLimits(this IServiceCollection services)
    {
        services.AddRateLimiter(static limiter => limiter.OnRejected = RefuseAsync);
        services.AddOptions<Microsoft.AspNetCore.RateLimiting.RateLimiterOptions>().Configure<IOptions<TenantLimitOptions>>(
            static (limiter, limits) => limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                // Places first: one that is not needed after all is given back, a permit of the rate would be lost.
                PartitionedRateLimiter.Create<HttpContext, string>(context => Concurrency(context, limits.Value)),
                PartitionedRateLimiter.Create<HttpContext, string>(context => Rate(context, limits.Value))));
    }

    private static RateLimitPartition<string> Rate(HttpContext context, TenantLimitOptions options)
    {
        var tenant = TenantOf(context);
        return tenant is null || options.Of(tenant) is not { RequestsPerSecond: > 0 } limits
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.Get(tenant, _ => Shared(context.RequestServices, tenant, limits));
    }

    private static SharedRateLimiter Shared(IServiceProvider services, string tenant, TenantLimits limits)
    {
        var grain = services.GetRequiredService<IGrainFactory>().GetGrain<ITenantRateGrain>(tenant);
        var burst = limits.Burst > 0 ? limits.Burst : limits.RequestsPerSecond;
        return new SharedRateLimiter(
            limits, permits => grain.TakeAsync(permits, limits.RequestsPerSecond, burst), services.GetRequiredService<TimeProvider>());
    }

    private static RateLimitPartition<string> Concurrency(HttpContext context, TenantLimitOptions options)
    {
        var tenant = TenantOf(context);
        return tenant is null || options.Of(tenant) is not { Concurrency: > 0 } limits
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.Get(tenant, _ => SharedPlaces(context.RequestServices, tenant, limits.Concurrency));
    }

    private static SharedConcurrencyLimiter SharedPlaces(IServiceProvider services, string tenant, int limit)
    {
        var grain = services.GetRequiredService<IGrainFactory>().GetGrain<ITenantConcurrencyGrain>(tenant);
        var gateway = Guid.NewGuid().ToString("N");
        return new SharedConcurrencyLimiter(
            limit, (used, wanted) => grain.LeaseAsync(gateway, used, wanted, limit), services.GetRequiredService<TimeProvider>());
    }

    /// <summary>Null for probes and pages, which belong to no tenant.</summary>
    private static string? TenantOf(HttpContext context) => context.User.FindFirst(TenantClaim.Type)?.Value;

    private static async ValueTask RefuseAsync(
        Microsoft.AspNetCore.RateLimiting.OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var known) ? known : Second;
        var error = new VisionException(VisionErrorCode.QuotaExceeded, "The tenant asks for more than it may at once.") { RetryAfter = wait };
        var problem = VisionProblem.Of(error);
        rejected.HttpContext.Response.StatusCode = problem.Status!.Value;
        VisionProblem.SetRetryAfter(rejected.HttpContext.Response, error);
        VisionProblem.Insist(rejected.HttpContext.Request);
        await rejected.HttpContext.RequestServices.GetRequiredService<IProblemDetailsService>()
            .WriteAsync(new ProblemDetailsContext { HttpContext = rejected.HttpContext, ProblemDetails = problem });
    }
}
