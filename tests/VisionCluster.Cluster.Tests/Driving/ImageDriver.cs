using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Cluster.Tests.Driving;

/// <summary>Calls one gateway the way any HTTP client would: no retry, no library of ours.</summary>
internal sealed class ImageDriver(Uri url) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = url, Timeout = TimeSpan.FromSeconds(40) };

    public Uri Url => url;

    public async Task<HttpStatusCode> UploadAsync(byte[] image, CancellationToken cancellationToken = default)
    {
        using var body = new ByteArrayContent(image);
        body.Headers.ContentType = new MediaTypeHeaderValue("image/bmp");
        using var answer = await _http.PostAsync(new Uri("/v1/images", UriKind.Relative), body, cancellationToken);
        return answer.StatusCode;
    }

    /// <summary>One click in the middle.</summary>
    public async Task<HttpStatusCode> ClickAsync(string id, CancellationToken cancellationToken = default)
    {
        var request = new { prompts = new[] { new { points = new[] { new { x = 30, y = 20 } } } } };
        using var answer = await _http.PostAsJsonAsync(
            new Uri($"/v1/images/{id}/segment", UriKind.Relative), request, cancellationToken);
        return answer.StatusCode;
    }

    public async Task<HttpStatusCode> DeleteAsync(string id)
    {
        using var answer = await _http.DeleteAsync(new Uri($"/v1/images/{id}", UriKind.Relative));
        return answer.StatusCode;
    }

    /// <summary>Whether the last read found that there is no such image.</summary>
    public bool IsNotFound { get; private set; }

    /// <summary>The bytes as they are kept; null where there are none, or none can be given now.</summary>
    public async Task<byte[]?> ReadAsync(string id)
    {
        using var answer = await _http.GetAsync(new Uri($"/v1/images/{id}/content", UriKind.Relative));
        IsNotFound = answer.StatusCode == HttpStatusCode.NotFound;
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync() : null;
    }

    /// <summary>Image encoder runs of every device that the cluster knows.</summary>
    public async Task<(string Host, long ImagesEncoded)[]> DevicesAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        try
        {
            var devices = await _http.GetFromJsonAsync<JsonElement[]>(new Uri("/v1/cluster", UriKind.Relative), timeout.Token);
            return [.. devices!.Select(d => (d.GetProperty("host").GetString()!, d.GetProperty("imagesEncoded").GetInt64()))];
        }
        catch (Exception error) when (NoAnswer.Is(error))
        {
            return [];
        }
    }

    /// <summary>Versions of the models that the cluster serves.</summary>
    public async Task<string[]> ModelVersionsAsync()
    {
        var models = await _http.GetFromJsonAsync<JsonElement[]>(new Uri("/v1/models", UriKind.Relative));
        return [.. models!.Select(model => model.GetProperty("version").GetString()!).Distinct()];
    }

    public void Dispose() => _http.Dispose();
}
