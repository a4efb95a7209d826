using System.Text.Json;
using VisionCluster.Contracts.Errors;
using VisionCluster.Gateway.Errors;

namespace VisionCluster.Gateway.Streaming;

/// <summary>
/// Writes steps of an answer as they come, each flushed, as lines of JSON or as server-sent events. Used by one caller
/// at a time.
/// </summary>
internal sealed class AnswerStream(HttpResponse response, StreamFormat format, JsonSerializerOptions json)
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();
    private static readonly byte[] EventEnd = "\n\n"u8.ToArray();

    /// <summary>Sends the headers: from here on errors are steps.</summary>
    public void Begin()
    {
        response.ContentType = format == StreamFormat.Events ? StreamFormats.Events : StreamFormats.Lines;
        response.Headers.CacheControl = "no-store";
        // Proxies that hold answers back would make a stream a document.
        response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>Sends a step.</summary>
    /// <param name="name">Of the event; lines have none.</param>
    /// <param name="step">Its content.</param>
    /// <param name="cancellationToken">The caller left.</param>
    public async Task WriteAsync<T>(string name, T step, CancellationToken cancellationToken)
    {
        if (format == StreamFormat.Events)
        {
            await response.WriteAsync($"event: {name}\ndata: ", cancellationToken);
        }

        await JsonSerializer.SerializeAsync(response.Body, step, json, cancellationToken);
        await response.Body.WriteAsync(format == StreamFormat.Events ? EventEnd : LineEnd, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>Sends what ended the answer too early, as problem details (RFC 9457) in a member of their own.</summary>
    public Task WriteErrorAsync(VisionException error, CancellationToken cancellationToken) =>
        WriteAsync("error", new { error = VisionProblem.Of(error) }, cancellationToken);
}
