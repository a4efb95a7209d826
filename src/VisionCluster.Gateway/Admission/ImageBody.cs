using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Gateway.Admission;

/// <summary>Reads an uploaded image into one array of its own, never more than the limit.</summary>
internal static class ImageBody
{
    private const int FirstBuffer = 64 << 10;

    /// <summary>The bytes of a raw body or of the one file of a multipart form.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>, <c>ImageTooLarge</c>.</exception>
    public static async Task<byte[]> ReadAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        var bytes = MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            ? await ReadFormAsync(request, type, maxBytes, cancellationToken)
            : await ReadAllAsync(request.Body, request.ContentLength, maxBytes, cancellationToken);
        return bytes.Length > 0 ? bytes : throw Empty();
    }

    /// <summary>A reader of a form's parts.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>: the body says no boundary.</exception>
    public static MultipartReader Parts(HttpRequest request, MediaTypeHeaderValue type)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        return string.IsNullOrEmpty(boundary)
            ? throw VisionException.Invalid("The multipart body has no boundary.")
            : new MultipartReader(boundary, request.Body);
    }

    private static async Task<byte[]> ReadFormAsync(
        HttpRequest request, MediaTypeHeaderValue type, long maxBytes, CancellationToken cancellationToken)
    {
        var reader = Parts(request, type);
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                && disposition.Name.Equals("file", StringComparison.OrdinalIgnoreCase))
            {
                return await ReadAllAsync(section.Body, null, maxBytes, cancellationToken);
            }
        }

        throw VisionException.Invalid("The form needs one part named 'file'.");
    }

    /// <summary>All of a body or a part.</summary>
    /// <exception cref="VisionException"><c>ImageTooLarge</c>.</exception>
    public static async Task<byte[]> ReadAllAsync(
        Stream body, long? length, long maxBytes, CancellationToken cancellationToken, Func<VisionException>? tooLarge = null)
    {
        var buffer = new byte[length ?? FirstBuffer];
        var filled = 0;
        while (true)
        {
            if (filled > maxBytes)
            {
                throw tooLarge?.Invoke() ?? TooLarge(maxBytes);
            }

            if (filled == buffer.Length)
            {
                // A body of the announced length ends here; one that goes on is refused once it passes the limit.
                var probe = new byte[1];
                if (await body.ReadAsync(probe, cancellationToken) == 0)
                {
                    return buffer;
                }

                Array.Resize(ref buffer, (int)Math.Min(Math.Max(buffer.Length * 2L, FirstBuffer), maxBytes + 1));
                buffer[filled++] = probe[0];
                continue;
            }

            var read = await body.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            if (read == 0)
            {
                return buffer[..filled];
            }

            filled += read;
        }
    }

    /// <summary>Refuses bytes that came in a message.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>, <c>ImageTooLarge</c>.</exception>
    public static void Check(long bytes, long maxBytes)
    {
        if (bytes > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        if (bytes == 0)
        {
            throw Empty();
        }
    }

    /// <summary>What a picture beyond the limit is answered with.</summary>
    public static VisionException TooLarge(long maxBytes) =>
        new(VisionErrorCode.ImageTooLarge, $"An image may have at most {maxBytes} bytes.");

    private static VisionException Empty() => VisionException.Invalid("The body is empty: send the bytes of an image.");
}
