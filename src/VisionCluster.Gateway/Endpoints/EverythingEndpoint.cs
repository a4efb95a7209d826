using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Gateway.Admission;
using VisionCluster.Gateway.Errors;
using VisionCluster.Gateway.Streaming;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>All masks of an image, at once or as they are found.</summary>
internal static class EverythingEndpoint
{
    public static void MapEverything(this IEndpointRouteBuilder routes)
    {
        var limits = routes.ServiceProvider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        routes.MapPost("/v1/images/{id}/everything", RunAsync).WithName("Everything").WithTags("Tasks").RequireAuthorization()
            .WithMetadata(new RequestSizeLimitAttribute(limits.MaxJsonBytes))
            .WithSummary("All masks of an image (SAM's automatic mask generator), as JSON, lines of JSON or server-sent events.")
            .Produces<EverythingResponse>()
            .Produces<EverythingUpdate>(StatusCodes.Status200OK, StreamFormats.Lines, StreamFormats.Events)
            .WithProblems(400, 404, 413, 429, 503, 504);
    }

    private static async Task<IResult> RunAsync(
        HttpContext context, IGrainFactory grains, IOptions<JsonOptions> json, string id, EverythingRequest request)
    {
        VisionException.ThrowIfAny(request.Violations());
        var options = CallHeaders.Read(context, RequestLane.Bulk);
        var updates = ImageEndpoints.Session(grains, context, id).EverythingAsync(request, options, context.RequestAborted);
        var format = StreamFormats.Of(context.Request);
        if (format == StreamFormat.Document)
        {
            var response = await EverythingResponse.CollectAsync(updates, context.RequestAborted);
            ServerTiming.Write(context.Response, response.Timings);
            return TypedResults.Ok(response);
        }

        var stream = new AnswerStream(context.Response, format, json.Value.SerializerOptions);
        await SendAsync(updates, stream, context.RequestAborted);
        return TypedResults.Empty;
    }

    private static async Task SendAsync(
        IAsyncEnumerable<EverythingUpdate> updates, AnswerStream stream, CancellationToken cancellationToken)
    {
        await using var steps = updates.GetAsyncEnumerator(cancellationToken);
        // What fails before the first step is answered with its status.
        var more = await steps.MoveNextAsync();
        stream.Begin();
        try
        {
            while (more)
            {
                await stream.WriteAsync(NameOf(steps.Current), steps.Current, cancellationToken);
                more = await steps.MoveNextAsync();
            }
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            await stream.WriteErrorAsync(VisionExceptionHandler.Translate(error), cancellationToken);
        }
    }

    private static string NameOf(EverythingUpdate update) => update switch
    {
        { Mask: not null } => "mask",
        { Dropped: not null } => "dropped",
        { Done: not null } => "done",
        _ => "progress",
    };
}
