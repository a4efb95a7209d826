using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using VisionCluster.Gateway.Endpoints;
using VisionCluster.Gateway.Rpc.Inference;

namespace VisionCluster.Gateway.Rpc;

/// <summary>gRPC: the task API, the Open Inference Protocol, and health.</summary>
internal static class RpcSetup
{
    /// <summary>What names and shapes of tensors may take beside their bytes.</summary>
    private const int Envelope = 1 << 20;

    private static readonly TimeSpan HealthPace = TimeSpan.FromSeconds(2);

    public static void AddRpc(this IServiceCollection services)
    {
        services.AddSingleton<IProblemDetailsWriter, RpcProblems>();
        services.AddGrpc(static options =>
        {
            options.Interceptors.Add<RpcErrors>();
            // An endpoint for what no service has would take POST to any two segments, ours among them.
            options.IgnoreUnknownServices = true;
        });
        services.AddOptions<GrpcServiceOptions>().Configure<IOptions<GatewayOptions>>(static (grpc, gateway) =>
        {
            var most = (int)Math.Max(gateway.Value.MaxTensorBytes, gateway.Value.MaxImageBytes) + Envelope;
            (grpc.MaxReceiveMessageSize, grpc.MaxSendMessageSize) = (most, null);
            grpc.CompressionProviders = [new BoundedGzip(most)];
        });
        services.AddGrpcHealthChecks(static health =>
        {
            health.Services.Map("", static check => check.Tags.Contains(HealthTags.Ready));
            health.Services.Map(GRPCInferenceService.Descriptor.FullName, static check => check.Tags.Contains(HealthTags.Ready));
            health.Services.Map(Tasks.Vision.Descriptor.FullName, static check => check.Tags.Contains(HealthTags.Ready));
        });
        services.Configure<HealthCheckPublisherOptions>(static options => (options.Delay, options.Period) = (HealthPace, HealthPace));
    }

    public static void MapRpc(this IEndpointRouteBuilder routes)
    {
        var most = routes.ServiceProvider.GetRequiredService<IOptions<GrpcServiceOptions>>().Value.MaxReceiveMessageSize!.Value;
        var limit = new RequestSizeLimitAttribute(most + Envelope);
        routes.MapGrpcService<InferenceService>().RequireAuthorization().WithMetadata(limit);
        routes.MapGrpcService<VisionService>().RequireAuthorization().WithMetadata(limit);
        routes.MapGrpcHealthChecksService().AllowAnonymous();
    }
}
