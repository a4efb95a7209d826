using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Gateway.Admission;

namespace VisionCluster.Gateway.Fetching;

/// <summary>An upload by URL instead of bytes.</summary>
/// <param name="Url">Where the picture is.</param>
internal sealed record UrlBody(string Url)
{
    private const long MaxBytes = 8 << 10;

    /// <summary>Whether a request is one: it sends JSON.</summary>
    public static bool IsIn(HttpRequest request) => request.HasJsonContentType();

    /// <summary>The picture that a request names.</summary>
    /// <exception cref="VisionException">As <see cref="ImageFetcher.FetchAsync"/>.</exception>
    public static async Task<byte[]> FetchAsync(HttpContext context)
    {
        var fetcher = context.RequestServices.GetRequiredService<ImageFetcher>();
        if (!fetcher.IsOn)
        {
            throw new VisionException(VisionErrorCode.Forbidden, "This server fetches no pictures: send the bytes.");
        }

        if (context.Request.ContentLength > MaxBytes)
        {
            throw new VisionException(VisionErrorCode.ImageTooLarge, $"JSON with a URL may have at most {MaxBytes} bytes.");
        }

        var bytes = await ImageBody.ReadAllAsync(context.Request.Body, null, MaxBytes, context.RequestAborted);
        try
        {
            var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
            var url = JsonSerializer.Deserialize<UrlBody>(bytes, json)?.Url ?? throw new JsonException("'url' is missing.");
            return await fetcher.FetchAsync(url, context.RequestAborted);
        }
        catch (JsonException error)
        {
            throw VisionException.Invalid($"JSON must be {{\"url\": \"https://...\"}}. {error.Message}");
        }
    }
}
