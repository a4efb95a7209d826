using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Client;

/// <summary>Sends requests and turns whatever goes wrong into a <see cref="VisionException"/>.</summary>
internal sealed class HttpCalls(HttpClient http, string? apiKey)
{
    private const string ApiKeyHeader = "X-Api-Key";
    private const string LaneHeader = "Vision-Lane";
    private const string PriorityHeader = "Vision-Priority";
    internal const string TimeoutHeader = "Vision-Timeout-Ms";

    /// <summary>JSON as the server writes it; members that a newer server adds are skipped.</summary>
    public static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    /// <summary>An answer of success, to be disposed by the caller.</summary>
    /// <exception cref="VisionException">Any other answer, or none.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        CallOptions? options,
        CancellationToken cancellationToken,
        MediaTypeWithQualityHeaderValue? accept = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        AddHeaders(request, options);
        if (accept is not null)
        {
            request.Headers.Accept.Add(accept);
        }

        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or SocketException)
        {
            throw Unreachable(error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new VisionException(VisionErrorCode.DeadlineExceeded, "The cluster did not answer in time.", error);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ProblemReader.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, null, cancellationToken).ConfigureAwait(false);
        return await ReadAsync<T>(response, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Posts JSON and reads JSON, with where the time went.</summary>
    public async Task<(TResponse Answer, StageTimings Timings)> AskAsync<TRequest, TResponse>(
        string path, TRequest request, CallOptions? options, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(request, options: Json);
        using var response = await SendAsync(HttpMethod.Post, path, content, options, cancellationToken).ConfigureAwait(false);
        return (await ReadAsync<TResponse>(response, cancellationToken).ConfigureAwait(false), ServerTiming.Read(response.Headers));
    }

    /// <summary>Reads an answer's JSON.</summary>
    /// <exception cref="VisionException">It breaks off, or is not what this version of the API answers.</exception>
    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken).ConfigureAwait(false)
                ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw Foreign(error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw Unreachable(error);
        }
    }

    /// <summary>The answer is not what this version of the API gives.</summary>
    public static VisionException Foreign(Exception error) =>
        new(VisionErrorCode.Internal, "The server's answer is not one of the VisionCluster API, version 1.", error);

    /// <summary>The connection failed.</summary>
    public static VisionException Unreachable(Exception error) =>
        new(VisionErrorCode.ModelUnavailable, $"The cluster cannot be reached: {error.Message}", error);

    private void AddHeaders(HttpRequestMessage request, CallOptions? options)
    {
        if (apiKey is not null)
        {
            request.Headers.Add(ApiKeyHeader, apiKey);
        }

        if (options is null)
        {
            return;
        }

        request.Headers.Add(LaneHeader, JsonSerializer.Serialize(options.Lane, Json).Trim('"'));
        if (options.Priority > 0)
        {
            request.Headers.Add(PriorityHeader, options.Priority.ToString(CultureInfo.InvariantCulture));
        }

        if (options.Timeout is { } timeout)
        {
            request.Headers.Add(
                TimeoutHeader, Math.Max(1, Math.Ceiling(timeout.TotalMilliseconds)).ToString("F0", CultureInfo.InvariantCulture));
        }
    }
}
