using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Client;

/// <summary>Answers that come as lines of JSON, each as soon as the server has it.</summary>
internal static class HttpStreams
{
    private static readonly MediaTypeWithQualityHeaderValue Lines = new("application/x-ndjson");

    /// <exception cref="VisionException">Also where the server ends the stream with an error, or breaks it off.</exception>
    public static async IAsyncEnumerable<T> ReadAsync<TRequest, T>(
        HttpCalls calls,
        string path,
        TRequest request,
        CallOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(request, options: HttpCalls.Json);
        using var response = await calls.SendAsync(HttpMethod.Post, path, content, options, cancellationToken, Lines)
            .ConfigureAwait(false);
        await using var lines = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(
            await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), topLevelValues: true, HttpCalls.Json, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(lines).ConfigureAwait(false))
        {
            yield return Read<T>(lines.Current);
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<JsonElement> lines)
    {
        try
        {
            return await lines.MoveNextAsync().ConfigureAwait(false);
        }
        catch (JsonException error)
        {
            throw HttpCalls.Foreign(error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw HttpCalls.Unreachable(error);
        }
    }

    private static T Read<T>(JsonElement line)
    {
        if (line.ValueKind == JsonValueKind.Object && line.TryGetProperty("error", out var problem))
        {
            throw ProblemReader.Read(problem);
        }

        try
        {
            return line.Deserialize<T>(HttpCalls.Json) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw HttpCalls.Foreign(error);
        }
    }
}
