using Microsoft.AspNetCore.Http.HttpResults;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Gateway.Admission;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>What is done with an image: segment, classify, detect.</summary>
internal static class TaskEndpoints
{
    public static void MapTasks(this IEndpointRouteBuilder routes)
    {
        var tasks = routes.MapGroup("/v1/images/{id}").WithTags("Tasks").RequireAuthorization()
            .WithProblems(400, 404, 413, 429, 503, 504);
        tasks.MapPost("/segment", SegmentAsync).WithName("Segment")
            .WithSummary("Masks for points, boxes, earlier masks or texts (SAM).");
        tasks.MapPost("/classify", ClassifyAsync).WithName("Classify").WithSummary("Labels for the whole image (CLIP).");
        tasks.MapPost("/detect", DetectAsync).WithName("Detect").WithSummary("Labelled boxes (RegionCLIP, or CLIP on crops).");
    }

    private static async Task<Ok<SegmentResponse>> SegmentAsync(
        HttpContext context, IGrainFactory grains, string id, SegmentRequest request)
    {
        Check(request.Violations());
        var options = CallHeaders.Read(context, RequestLane.Interactive);
        var response = await ImageEndpoints.Session(grains, context, id).SegmentAsync(request, options, context.RequestAborted);
        ServerTiming.Write(context.Response, response.Timings);
        return TypedResults.Ok(response);
    }

    private static async Task<Ok<ClassifyResponse>> ClassifyAsync(
        HttpContext context, IGrainFactory grains, string id, ClassifyRequest request)
    {
        Check(request.Violations());
        var options = CallHeaders.Read(context, RequestLane.Online);
        var response = await ImageEndpoints.Session(grains, context, id).ClassifyAsync(request, options, context.RequestAborted);
        ServerTiming.Write(context.Response, response.Timings);
        return TypedResults.Ok(response);
    }

    private static async Task<Ok<DetectResponse>> DetectAsync(
        HttpContext context, IGrainFactory grains, string id, DetectRequest request)
    {
        Check(request.Violations());
        var options = CallHeaders.Read(context, RequestLane.Online);
        var response = await ImageEndpoints.Session(grains, context, id).DetectAsync(request, options, context.RequestAborted);
        ServerTiming.Write(context.Response, response.Timings);
        return TypedResults.Ok(response);
    }

    private static void Check(IReadOnlyList<string> violations)
    {
        if (violations.Count > 0)
        {
            throw VisionException.Invalid(violations);
        }
    }
}
