using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Gateway.Admission;
using VisionCluster.Gateway.Authentication;
using VisionCluster.Gateway.Fetching;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>Image sessions: <c>/v1/images</c>.</summary>
internal static class ImageEndpoints
{
    public static void MapImages(this IEndpointRouteBuilder routes)
    {
        var images = routes.MapGroup("/v1/images").WithTags("Images").RequireAuthorization();
        images.MapPost("/", UploadAsync).WithName("UploadImage")
            .WithSummary("Upload an image: its bytes, a form with one part 'file', or JSON with its 'url'. The same bytes again answer 200 with the same id.")
            // What the bytes are is told by the bytes: no content type is refused.
            .Accepts<IFormFile>("image/*", "multipart/form-data", "*/*")
            .Produces<ImageDescription>(StatusCodes.Status200OK)
            .Produces<ImageDescription>(StatusCodes.Status201Created)
            .WithProblems(400, 403, 413, 415, 422, 429, 503);
        images.MapGet("/{id}", DescribeAsync).WithName("GetImage").WithSummary("What is known of an image.").WithProblems(404);
        images.MapGet("/{id}/content", ReadAsync).WithName("GetImageContent").WithSummary("The bytes as they were uploaded.")
            .WithProblems(404);
        images.MapDelete("/{id}", DeleteAsync).WithName("DeleteImage").WithSummary("Forget an image.").WithProblems(404);
    }

    public static IImageSessionGrain Session(IGrainFactory grains, HttpContext context, string id) =>
        grains.GetGrain<IImageSessionGrain>(ImageKey.FromCaller(TenantClaim.Of(context.User), id).ToString());

    private static async Task<IResult> UploadAsync(
        HttpContext context, IGrainFactory grains, IOptions<GatewayOptions> options, string? warm)
    {
        var kinds = ParseKinds(warm);
        var bytes = UrlBody.IsIn(context.Request)
            ? await UrlBody.FetchAsync(context)
            : await ImageBody.ReadAsync(context.Request, options.Value.MaxImageBytes, context.RequestAborted);
        var (image, created, timings) = await ImageUpload.RunAsync(
            grains, TenantClaim.Of(context.User), bytes, kinds, CallHeaders.Read(context, RequestLane.Online), context.RequestAborted);
        ServerTiming.Write(context.Response, timings);
        return created ? TypedResults.Created($"/v1/images/{image.Id}", image) : TypedResults.Ok(image);
    }

    private static async Task<Ok<ImageDescription>> DescribeAsync(HttpContext context, IGrainFactory grains, string id) =>
        TypedResults.Ok(await Session(grains, context, id).DescribeAsync(context.RequestAborted));

    private static async Task<IResult> ReadAsync(HttpContext context, IGrainFactory grains, string id)
    {
        var content = await Session(grains, context, id).ReadContentAsync(context.RequestAborted);
        // A caller's bytes are shown as the image that they were found to be, and never guessed at by a browser.
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Bytes(content.Bytes, $"image/{content.Format}");
    }

    private static async Task<NoContent> DeleteAsync(HttpContext context, IGrainFactory grains, string id)
    {
        await Session(grains, context, id).DeleteAsync(context.RequestAborted);
        return TypedResults.NoContent();
    }

    /// <summary>Kinds that a query names.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>.</exception>
    public static EmbeddingKind ParseKinds(string? warm) => (warm ?? "")
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Aggregate(EmbeddingKind.None, (kinds, name) => kinds | name switch
        {
            "sam" => EmbeddingKind.Sam,
            "clip" => EmbeddingKind.Clip,
            _ => throw VisionException.Invalid("'warm' must list 'sam' and 'clip', separated by commas."),
        });
}
