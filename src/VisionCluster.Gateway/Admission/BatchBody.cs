using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Gateway.Admission;

/// <summary>
/// Reads a body of many images one after another, as fast as they are taken: a form with files, or JSON with ids.
/// </summary>
/// <param name="request">The request.</param>
/// <param name="limits">How large and how many.</param>
/// <param name="json">How JSON is read.</param>
internal sealed class BatchBody(HttpRequest request, GatewayOptions limits, JsonSerializerOptions json)
{
    /// <summary>The images; one that is too large comes with its error, and the next are read.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>: no such body, or more images than are allowed.</exception>
    public IAsyncEnumerable<BatchEntry> ReadAsync(CancellationToken cancellationToken) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            ? ReadFilesAsync(HeaderUtilities.RemoveQuotes(type.Boundary).Value, cancellationToken)
            : ReadIdsAsync(cancellationToken);

    private async IAsyncEnumerable<BatchEntry> ReadFilesAsync(
        string? boundary, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(boundary))
        {
            throw VisionException.Invalid("The multipart body has no boundary.");
        }

        var reader = new MultipartReader(boundary, request.Body);
        var index = 0;
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                && disposition.Name.Equals("file", StringComparison.OrdinalIgnoreCase))
            {
                CheckCount(index + 1);
                yield return await ReadFileAsync(section.Body, index++, disposition.FileName.Value, cancellationToken);
            }
        }

        CheckAny(index);
    }

    private async Task<BatchEntry> ReadFileAsync(
        Stream body, int index, string? name, CancellationToken cancellationToken)
    {
        name = name?.Trim('"');
        try
        {
            var bytes = await ImageBody.ReadAllAsync(body, null, limits.MaxImageBytes, cancellationToken);
            return bytes.Length > 0
                ? new BatchEntry(index, name, null, bytes)
                : new BatchEntry(index, name, null, null, VisionException.Invalid("The file is empty."));
        }
        catch (VisionException error)
        {
            return new BatchEntry(index, name, null, null, error);
        }
    }

    private async IAsyncEnumerable<BatchEntry> ReadIdsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (request.ContentLength > limits.MaxJsonBytes)
        {
            throw new VisionException(VisionErrorCode.ImageTooLarge, $"JSON may have at most {limits.MaxJsonBytes} bytes.");
        }

        BatchRequest? ids;
        try
        {
            var bytes = await ImageBody.ReadAllAsync(request.Body, null, limits.MaxJsonBytes, cancellationToken);
            ids = JsonSerializer.Deserialize<BatchRequest>(bytes, json);
        }
        catch (JsonException error)
        {
            throw VisionException.Invalid($"Send a form with files named 'file', or JSON with 'ids'. {error.Message}");
        }

        CheckAny(ids?.Ids?.Count ?? 0);
        CheckCount(ids!.Ids!.Count);
        for (var i = 0; i < ids.Ids.Count; i++)
        {
            yield return new BatchEntry(i, null, ids.Ids[i] ?? "", null);
        }
    }

    private void CheckCount(int count)
    {
        if (count > limits.MaxBatchImages)
        {
            throw VisionException.Invalid($"One body may name at most {limits.MaxBatchImages} images.");
        }
    }

    private static void CheckAny(int count)
    {
        if (count == 0)
        {
            throw VisionException.Invalid("The body names no image: send files named 'file', or JSON with 'ids'.");
        }
    }
}
