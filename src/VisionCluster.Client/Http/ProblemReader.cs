using System.Net;
using System.Text.Json;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Client;

/// <summary>Problem details (RFC 9457) back into the exception that the server threw.</summary>
internal static class ProblemReader
{
    /// <summary>A problem is a few lines; whatever sends more is no VisionCluster.</summary>
    private const int MaxBytes = 1 << 20;

    public static async Task<VisionException> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var problem = await BodyAsync(response, cancellationToken).ConfigureAwait(false);
        var code = Enum.TryParse<VisionErrorCode>(Text(problem, "code"), out var known) && Enum.IsDefined(known)
            ? known
            : CodeOf(response.StatusCode);
        var message = Text(problem, "detail") ?? Text(problem, "title")
            ?? $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}.";
        return new VisionException(code, message)
        {
            RetryAfter = response.Headers.RetryAfter?.Delta,
            Violations = Violations(problem),
        };
    }

    /// <summary>The exception of a problem that came within a stream.</summary>
    public static VisionException Read(JsonElement problem) => new(
        Enum.TryParse<VisionErrorCode>(Text(problem, "code"), out var known) && Enum.IsDefined(known) ? known : VisionErrorCode.Internal,
        Text(problem, "detail") ?? "The server ended the stream with an error.")
    {
        Violations = Violations(problem),
    };

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken).ConfigureAwait(false);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            var root = JsonSerializer.Deserialize<JsonElement>(bytes, HttpCalls.Json);
            return root.ValueKind == JsonValueKind.Object ? root : default;
        }
        catch (Exception error) when (error is JsonException or HttpRequestException or IOException)
        {
            return default;
        }
    }

    private static string? Text(JsonElement problem, string name) =>
        problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static IReadOnlyList<string> Violations(JsonElement problem) =>
        problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty("violations", out var list)
        && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)]
            : [];

    /// <summary>The code of an answer that came from something before the server.</summary>
    private static VisionErrorCode CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => VisionErrorCode.Unauthenticated,
        HttpStatusCode.Forbidden => VisionErrorCode.Forbidden,
        HttpStatusCode.RequestEntityTooLarge => VisionErrorCode.ImageTooLarge,
        HttpStatusCode.UnsupportedMediaType => VisionErrorCode.UnsupportedImage,
        HttpStatusCode.TooManyRequests => VisionErrorCode.Overloaded,
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable => VisionErrorCode.ModelUnavailable,
        HttpStatusCode.GatewayTimeout => VisionErrorCode.DeadlineExceeded,
        >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => VisionErrorCode.InvalidRequest,
        _ => VisionErrorCode.Internal,
    };
}
