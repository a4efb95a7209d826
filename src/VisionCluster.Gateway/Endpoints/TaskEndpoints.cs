using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Gateway.Admission;
using VisionCluster.Gateway.Telemetry;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>What is done with an image: segment, classify, detect.</summary>
internal static class TaskEndpoints
{
    public static void MapTasks(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var tasks = routes.MapGroup("/v1/images/{id}").WithTags("Tasks").RequireAuthorization()
            .WithMetadata(new RequestSizeLimitAttribute(options.MaxJsonBytes))
            .AddEndpointFilter<RouteGroupBuilder, PromptLog>()
            .WithProblems(400, 404, 413, 429, 503, 504);
        tasks.MapPost("/segment", SegmentAsync).WithName("Segment")
            .WithSummary("Masks for points, boxes, earlier masks or texts (SAM).");
        tasks.MapPost("/classify", ClassifyAsync).WithName("Classify").WithSummary("Labels for the whole image (CLIP).");
        tasks.MapPost("/detect", DetectAsync).WithName("Detect").WithSummary("Labelled boxes (RegionCLIP, or CLIP on crops).");
        tasks.MapPost("/regions", EmbedRegionsAsync).WithName("EmbedRegions")
            .WithSummary("Embeddings of boxes, as JSON with base64 or, where application/x-npy is accepted, as a .npy file.")
            .Produces<RegionsResponse>(StatusCodes.Status200OK, "application/json", NpyResult.ContentType);
    }

    private static Task<Ok<SegmentResponse>> SegmentAsync(
        HttpContext context, IGrainFactory grains, string id, SegmentRequest request) => AnswerAsync(
            context, request.Violations(), RequestLane.Interactive, static response => response.Timings,
            options => ImageEndpoints.Session(grains, context, id).SegmentAsync(request, options, context.RequestAborted));

    private static Task<Ok<ClassifyResponse>> ClassifyAsync(
        HttpContext context, IGrainFactory grains, string id, ClassifyRequest request) => AnswerAsync(
            context, request.Violations(), RequestLane.Online, static response => response.Timings,
            options => ImageEndpoints.Session(grains, context, id).ClassifyAsync(request, options, context.RequestAborted));

    private static Task<Ok<DetectResponse>> DetectAsync(
        HttpContext context, IGrainFactory grains, string id, DetectRequest request) => AnswerAsync(
            context, request.Violations(), RequestLane.Online, static response => response.Timings,
            options => ImageEndpoints.Session(grains, context, id).DetectAsync(request, options, context.RequestAborted));

    private static async Task<IResult> EmbedRegionsAsync(
        HttpContext context, IGrainFactory grains, string id, RegionsRequest request)
    {
        var answer = await AnswerAsync(
            context, request.Violations(), RequestLane.Online, static response => response.Timings,
            options => ImageEndpoints.Session(grains, context, id).EmbedRegionsAsync(request, options, context.RequestAborted));
        return NpyResult.IsAsked(context.Request) ? new NpyResult(answer.Value!.Shape, answer.Value.Data) : answer;
    }

    /// <summary>What every task does: refuse what is wrong in itself, call the session, say where the time went.</summary>
    internal static async Task<Ok<T>> AnswerAsync<T>(
        HttpContext context,
        IReadOnlyList<string> violations,
        RequestLane usualLane,
        Func<T, StageTimings> timingsOf,
        Func<CallOptions, Task<T>> call)
    {
        VisionException.ThrowIfAny(violations);
        var response = await call(CallHeaders.Read(context, usualLane));
        ServerTiming.Write(context.Response, timingsOf(response));
        return TypedResults.Ok(response);
    }
}
