using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Gateway.Admission;
using VisionCluster.Gateway.Authentication;
using VisionCluster.Gateway.Endpoints;
using VisionCluster.Gateway.OpenApi;

namespace VisionCluster.Gateway.OpenInference;

/// <summary>Open Inference Protocol, version 2, over HTTP: <c>/v2</c>.</summary>
internal static class OpenInferenceEndpoints
{
    public const string Root = "/v2";

    private const string Model = "/models/{name}";
    private const string Version = "/models/{name}/versions/{version}";

    public static void MapOpenInference(this IEndpointRouteBuilder routes)
    {
        MapHealth(routes, "/v2/health/live", static _ => false);
        MapHealth(routes, "/v2/health/ready", static check => check.Tags.Contains(HealthTags.Ready));
        var limits = routes.ServiceProvider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var group = routes.MapGroup(Root).WithTags("Open Inference Protocol").RequireAuthorization();
        group.MapGet("", static () => TypedResults.Ok(ServerDescription.Own)).WithName("GetInferenceServer").WithSummary("Name, version and extensions.");
        group.MapPost("/repository/index", IndexAsync).WithName("ListInferenceModels").WithSummary("Every graph of every loaded model.");
        foreach (var (path, suffix) in new[] { (Model, ""), (Version, "Version") })
        {
            group.MapGet(path, DescribeAsync).WithName($"GetInferenceModel{suffix}").WithSummary("A graph's inputs and outputs.")
                .WithInferErrors(404);
            group.MapGet($"{path}/ready", ReadyAsync).WithName($"GetInferenceModel{suffix}Ready").WithSummary("Whether a graph is loaded.")
                .WithInferErrors(404);
            group.MapPost($"{path}/infer", InferAsync).WithName($"Infer{suffix}")
                .WithSummary("A graph's outputs for tensors, as JSON or with the binary extension.")
                .WithMetadata(new RequestSizeLimitAttribute(limits.MaxJsonBytes + limits.MaxTensorBytes))
                .WithInferErrors(400, 404, 413, 429, 503, 504)
                .AddOpenApiOperationTransformer(InferenceExamples.Describe);
        }
    }

    private static TBuilder WithInferErrors<TBuilder>(this TBuilder builder, params ReadOnlySpan<int> statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var status in statuses)
        {
            builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(InferError), ["application/json"]));
        }

        return builder;
    }

    private static void MapHealth(
        IEndpointRouteBuilder routes, string path, Func<Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckRegistration, bool> which) =>
        routes.MapHealthChecks(path, new HealthCheckOptions { Predicate = which, ResponseWriter = static (_, _) => Task.CompletedTask });

    private static async Task<Ok<ModelEntry[]>> IndexAsync(HttpContext context, IGrainFactory grains)
    {
        var graphs = await InferenceRoad.ListAsync(grains, TenantClaim.Of(context.User), context.RequestAborted);
        return TypedResults.Ok(graphs.Select(graph => new ModelEntry(graph.Name, graph.Version, "READY", "")).ToArray());
    }

    private static async Task<Ok<ModelDescription>> DescribeAsync(
        HttpContext context, IGrainFactory grains, string name, string? version = null) => TypedResults.Ok(ModelDescription.Of(
            await InferenceRoad.DescribeAsync(grains, TenantClaim.Of(context.User), name, version, context.RequestAborted)));

    private static async Task<Ok> ReadyAsync(HttpContext context, IGrainFactory grains, string name, string? version = null)
    {
        await InferenceRoad.DescribeAsync(grains, TenantClaim.Of(context.User), name, version, context.RequestAborted);
        return TypedResults.Ok();
    }

    private static async Task<IResult> InferAsync(HttpContext context, IGrainFactory grains, string name, string? version = null)
    {
        var options = CallHeaders.Read(context, RequestLane.Online);
        var query = await InferBody.ReadAsync(context, name, version);
        var response = await InferenceRoad.RunAsync(grains, context, query, options, context.RequestAborted);
        ServerTiming.Write(context.Response, response.Timings);
        return new InferAnswer(response, query);
    }
}
