using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Gateway.Authentication;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>Texts and images to embeddings in OpenAI's shape: <c>/v1/embeddings</c>.</summary>
internal static class EmbeddingEndpoints
{
    public static void MapEmbeddings(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        routes.MapPost("/v1/embeddings", EmbedAsync).WithName("Embed").WithTags("Embeddings").RequireAuthorization()
            .WithMetadata(new RequestSizeLimitAttribute(options.MaxJsonBytes))
            .WithSummary("Embeddings of texts, of images as data: URLs, and of image sessions (CLIP); the shape is OpenAI's.")
            .WithProblems(400, 404, 413, 415, 422, 429, 503, 504);
    }

    private static Task<Ok<EmbeddingsResponse>> EmbedAsync(
        HttpContext context, IGrainFactory grains, EmbeddingsRequest request) => TaskEndpoints.AnswerAsync(
            context,
            request.Violations(),
            RequestLane.Online,
            static response => response.Timings,
            options => new EmbeddingsCall(grains, TenantClaim.Of(context.User), request, options).RunAsync(context.RequestAborted));
}
