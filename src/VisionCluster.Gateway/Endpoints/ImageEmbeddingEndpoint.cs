using System.IO.Compression;
using System.Runtime.InteropServices;
using Microsoft.Net.Http.Headers;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Gateway.Admission;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>Embeddings of images as files, for decoding in a browser.</summary>
internal static class ImageEmbeddingEndpoint
{
    private const string Gzip = "gzip";

    // Rows of a feature map at a time: small enough to leave at once, large enough to compress.
    private const int Chunk = 64 << 10;

    public static void MapImageEmbeddings(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/images/{id}/embeddings/{kind}", ReadAsync).WithName("GetEmbedding").WithTags("Images")
            .RequireAuthorization()
            .WithSummary("An embedding by the default model ('sam' or 'clip'): float32 in numpy's .npy format.")
            .Produces<byte[]>(StatusCodes.Status200OK, NpyResult.ContentType)
            .Produces(StatusCodes.Status304NotModified)
            .WithProblems(400, 404, 429, 503, 504);

    private static async Task ReadAsync(HttpContext context, IGrainFactory grains, string id, string kind)
    {
        var wanted = ImageEndpoints.ParseKinds(kind);
        var typed = context.Request.GetTypedHeaders();
        string[] known = [.. typed.IfNoneMatch.Select(tag => tag.Tag.ToString().Trim('"'))];
        var content = await ImageEndpoints.Session(grains, context, id).ReadEmbeddingAsync(
            wanted, known, CallHeaders.Read(context, RequestLane.Online), context.RequestAborted);
        // Weak: two devices may round the last bit differently.
        context.Response.Headers.ETag = new EntityTagHeaderValue($"\"{content.Tag}\"", isWeak: true).ToString();
        context.Response.Headers.CacheControl = "private, max-age=0, must-revalidate";
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (content.Values is not { } values)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = NpyResult.ContentType;
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{id}.{kind}.npy\"";
        var gzip = typed.AcceptEncoding.Any(coding => coding.Value.Equals(Gzip, StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);
        await WriteAsync(context, content, values, gzip);
    }

    private static async Task WriteAsync(
        HttpContext context, ImageEmbeddingContent content, ReadOnlyMemory<float> values, bool gzip)
    {
        var head = NpyHeader.Of(content.Shape);
        if (gzip)
        {
            context.Response.Headers.ContentEncoding = Gzip;
        }
        else
        {
            context.Response.ContentLength = head.Length + (sizeof(float) * (long)values.Length);
        }

        await using var body = gzip
            ? new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true)
            : context.Response.Body;
        await body.WriteAsync(head, context.RequestAborted);
        var part = new byte[Chunk];
        for (var done = 0; done < values.Length; done += Chunk / sizeof(float))
        {
            var numbers = values[done..Math.Min(values.Length, done + (Chunk / sizeof(float)))];
            MemoryMarshal.AsBytes(numbers.Span).CopyTo(part);
            await body.WriteAsync(part.AsMemory(0, numbers.Length * sizeof(float)), context.RequestAborted);
        }
    }
}
