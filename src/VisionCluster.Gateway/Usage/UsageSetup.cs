using System.Security.Claims;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Gateway.Authentication;

namespace VisionCluster.Gateway.Usage;

/// <summary>Counting, and <c>GET /v1/usage</c>.</summary>
internal static class UsageSetup
{
    public static void AddUsage(this IServiceCollection services)
    {
        services.AddSingleton<UsageMeter>();
        services.AddHostedService(static provider => provider.GetRequiredService<UsageMeter>());
    }

    /// <summary>Counts every request to an operation with a name, once it is answered.</summary>
    public static void UseUsage(this WebApplication app)
    {
        var meter = app.Services.GetRequiredService<UsageMeter>();
        app.Use(async (context, next) =>
        {
            if (context.User.FindFirstValue(TenantClaim.Type) is not { } tenant
                || OperationOf(context.GetEndpoint()) is not { } operation)
            {
                await next(context);
                return;
            }

            var failed = true;
            try
            {
                await next(context);
                failed = context.Response.StatusCode >= StatusCodes.Status400BadRequest || RpcFailed(context);
            }
            finally
            {
                meter.Count(tenant, failed ? null : operation, context.Request.ContentLength ?? 0);
            }
        });
    }

    private static string? OperationOf(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName
        ?? endpoint?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.Name;

    /// <summary>gRPC says after an answer of 200 what became of a call.</summary>
    private static bool RpcFailed(HttpContext context) =>
        context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers.GrpcStatus is [{ } status] && status != "0"
        || context.Response.Headers.GrpcStatus is [{ } early] && early != "0";

    public static void MapUsage(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/usage", GetAsync).WithName("GetUsage").WithTags("Operate").RequireAuthorization()
            .WithSummary("What the tenant asked of the cluster so far, by operation; the last seconds are told later.");

    private static async Task<Ok<TenantUsage>> GetAsync(HttpContext context, IGrainFactory grains) =>
        TypedResults.Ok(await grains.GetGrain<ITenantUsageGrain>(TenantClaim.Of(context.User).Value).GetAsync());
}
