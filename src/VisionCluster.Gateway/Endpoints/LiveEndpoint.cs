using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Gateway.Admission;
using VisionCluster.Gateway.Live;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>Masks under a moving pointer, by WebSocket.</summary>
internal static class LiveEndpoint
{
    public static void MapLive(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/images/{id}/live", RunAsync).WithName("Live").WithTags("Tasks").RequireAuthorization()
            .WithSummary("A WebSocket: send {id, request}, get {id, response}. A newer request takes the place of one that waits.")
            .Produces(StatusCodes.Status101SwitchingProtocols)
            .WithProblems(400, 404);

    private static async Task RunAsync(
        HttpContext context,
        IGrainFactory grains,
        IOptions<GatewayOptions> limits,
        IOptions<JsonOptions> json,
        IHostApplicationLifetime lifetime,
        TimeProvider time,
        string id)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            throw VisionException.Invalid("This is a WebSocket: ask for an upgrade of the connection.");
        }

        var session = ImageEndpoints.Session(grains, context, id);
        var options = CallHeaders.Read(context, RequestLane.Interactive);
        // The first prompt should find the embedding, and an unknown image is told by its status.
        await session.WarmAsync(EmbeddingKind.Sam, options, context.RequestAborted);
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var connection = new LiveConnection(
            socket, (request, token) => session.SegmentAsync(request, options, token), limits.Value, json.Value.SerializerOptions, time);
        await connection.RunAsync(ended.Token);
    }
}
