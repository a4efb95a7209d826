using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Gateway.Admission;

/// <summary>A form of images and one request: parts <c>file</c>, any number up to a bound, and <c>request</c>, JSON.</summary>
/// <param name="Request">What is asked.</param>
/// <param name="Images">About what, in order.</param>
internal sealed record OneShotForm<T>(T Request, IReadOnlyList<byte[]> Images)
{
    /// <summary>Most images of one form.</summary>
    public const int MaxImages = 256;

    /// <summary>Reads a request's body.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>, <c>ImageTooLarge</c>.</exception>
    public static async Task<OneShotForm<T>> ReadAsync(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<GatewayOptions>>().Value;
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            throw VisionException.Invalid("Send a form (multipart/form-data) with parts 'file' and 'request'.");
        }

        var reader = ImageBody.Parts(context.Request, type);
        var images = new List<byte[]>();
        byte[]? json = null;
        while (await reader.ReadNextSectionAsync(context.RequestAborted) is { } section)
        {
            var name = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                ? HeaderUtilities.RemoveQuotes(disposition.Name).Value
                : null;
            if (name == "file" && images.Count < MaxImages)
            {
                images.Add(await ImageBody.ReadAllAsync(section.Body, null, options.MaxImageBytes, context.RequestAborted));
            }
            else if (name == "request" && json is null)
            {
                json = await ImageBody.ReadAllAsync(section.Body, null, options.MaxJsonBytes, context.RequestAborted);
            }
            else
            {
                throw VisionException.Invalid($"The form may have 1 to {MaxImages} parts 'file' and one part 'request', and no other.");
            }
        }

        return images.Count > 0 && json is not null
            ? new OneShotForm<T>(Parse(json, context), images)
            : throw VisionException.Invalid("The form needs a part 'file' with an image and a part 'request' with JSON.");
    }

    private static T Parse(byte[] json, HttpContext context)
    {
        try
        {
            var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
            return JsonSerializer.Deserialize<T>(json, options) ?? throw new JsonException("It is null.");
        }
        catch (JsonException error)
        {
            throw VisionException.Invalid($"'request': {error.Message}");
        }
    }
}
