using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Search;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Gateway.Authentication;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>A tenant's images by text or image: <c>/v1/search</c>.</summary>
internal static class SearchEndpoints
{
    public static void MapSearch(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        routes.MapPost("/v1/search", SearchAsync).WithName("Search").WithTags("Embeddings").RequireAuthorization()
            .WithMetadata(new RequestSizeLimitAttribute(options.MaxJsonBytes))
            .WithSummary("Your live images nearest to a text or an image, among those whose CLIP embedding is ready (upload with ?warm=clip).")
            .WithProblems(400, 404, 413, 415, 422, 429, 503, 504);
    }

    private static Task<Ok<SearchResponse>> SearchAsync(HttpContext context, IGrainFactory grains, SearchRequest request) =>
        TaskEndpoints.AnswerAsync(
            context, request.Violations(), RequestLane.Online, static response => response.Timings,
            options => grains.GetGrain<IOneShotGrain>(OneShotKey.Next(TenantClaim.Of(context.User)).ToString())
                .SearchAsync(request, options, context.RequestAborted));
}
