using System.Net.Http.Json;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Search;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Client;

/// <summary>A cluster behind its HTTP gateway (version 1).</summary>
public sealed class HttpVisionClient : IVisionClient
{
    private const string Images = "v1/images";

    private readonly HttpCalls _calls;
    private readonly VisionClientOptions _options;

    /// <summary>A client over a connection of the caller's, which it does not dispose.</summary>
    /// <param name="http">Its <see cref="HttpClient.BaseAddress"/> is the gateway's.</param>
    /// <param name="options">Key and limits; null: the defaults.</param>
    public HttpVisionClient(HttpClient http, VisionClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        _options = options ?? new VisionClientOptions();
        _calls = new HttpCalls(http, _options.ApiKey);
    }

    /// <inheritdoc/>
    public async Task<IImageSession> OpenImageAsync(
        ReadOnlyMemory<byte> image, EmbeddingKind warm = EmbeddingKind.None, CancellationToken cancellationToken = default)
    {
        ImageStreams.CheckLength(image.Length, _options.MaxImageBytes);
        var description = await UploadAsync(image, warm, null, cancellationToken).ConfigureAwait(false);
        return new HttpImageSession(this, _calls, description.Id, description);
    }

    /// <inheritdoc/>
    public async Task<IImageSession> OpenImageAsync(
        Stream image, EmbeddingKind warm = EmbeddingKind.None, CancellationToken cancellationToken = default) =>
        await OpenImageAsync(
            await ImageStreams.ReadAsync(image, _options.MaxImageBytes, cancellationToken).ConfigureAwait(false),
            warm,
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public IImageSession Image(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new HttpImageSession(this, _calls, id, null);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ModelStatus>> ListModelsAsync(CancellationToken cancellationToken = default) =>
        await _calls.GetAsync<IReadOnlyList<ModelStatus>>("v1/models", cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeviceStatus>> ListDevicesAsync(CancellationToken cancellationToken = default) =>
        await _calls.GetAsync<IReadOnlyList<DeviceStatus>>("v1/cluster", cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClassifyResponse>> ClassifyAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> images,
        ClassifyRequest request,
        CallOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(request);
        using var form = new MultipartFormDataContent { { JsonContent.Create(request, options: HttpCalls.Json), "request" } };
        foreach (var image in images)
        {
            ImageStreams.CheckLength(image.Length, _options.MaxImageBytes);
            form.Add(new ReadOnlyMemoryContent(image), "file", "image");
        }

        using var response = await _calls.SendAsync(HttpMethod.Post, "v1/classify", form, options, cancellationToken)
            .ConfigureAwait(false);
        var answer = await HttpCalls.ReadAsync<OneShotAnswer>(response, cancellationToken).ConfigureAwait(false);
        return answer.ToResponses(ServerTiming.Read(response.Headers));
    }

    /// <inheritdoc/>
    public async Task<EmbeddingsResponse> EmbedAsync(
        EmbeddingsRequest request, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (answer, timings) = await _calls.AskAsync<EmbeddingsRequest, EmbeddingsResponse>(
            "v1/embeddings", request, options, cancellationToken).ConfigureAwait(false);
        return answer with { Timings = timings };
    }

    /// <inheritdoc/>
    public async Task<SearchResponse> SearchAsync(
        SearchRequest request, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (answer, timings) = await _calls.AskAsync<SearchRequest, SearchResponse>(
            "v1/search", request, options, cancellationToken).ConfigureAwait(false);
        return answer with { Timings = timings };
    }

    /// <inheritdoc/>
    public async Task<LabelSetDescription> PutLabelSetAsync(
        string name, LabelSet labels, CancellationToken cancellationToken = default)
    {
        using var content = JsonContent.Create(labels, options: HttpCalls.Json);
        using var response = await _calls.SendAsync(HttpMethod.Put, LabelSet(name), content, null, cancellationToken)
            .ConfigureAwait(false);
        return await HttpCalls.ReadAsync<LabelSetDescription>(response, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<LabelSetDescription> GetLabelSetAsync(string name, CancellationToken cancellationToken = default) =>
        _calls.GetAsync<LabelSetDescription>(LabelSet(name), cancellationToken);

    /// <inheritdoc/>
    public async Task DeleteLabelSetAsync(string name, CancellationToken cancellationToken = default) =>
        (await _calls.SendAsync(HttpMethod.Delete, LabelSet(name), null, null, cancellationToken).ConfigureAwait(false)).Dispose();

    /// <summary>Sends an image; <paramref name="warm"/> is computed before the answer.</summary>
    internal async Task<ImageDescription> UploadAsync(
        ReadOnlyMemory<byte> image, EmbeddingKind warm, CallOptions? options, CancellationToken cancellationToken)
    {
        var kinds = string.Join(',', Names(warm));
        var path = kinds.Length == 0 ? Images : $"{Images}?warm={kinds}";
        // Without a content type: the server finds the format from the bytes.
        using var content = new ReadOnlyMemoryContent(image);
        using var response = await _calls.SendAsync(HttpMethod.Post, path, content, options, cancellationToken)
            .ConfigureAwait(false);
        return await HttpCalls.ReadAsync<ImageDescription>(response, cancellationToken).ConfigureAwait(false);
    }

    private static string LabelSet(string name) => $"v1/label-sets/{Uri.EscapeDataString(name)}";

    private static IEnumerable<string> Names(EmbeddingKind kinds)
    {
        if (kinds.HasFlag(EmbeddingKind.Sam))
        {
            yield return "sam";
        }

        if (kinds.HasFlag(EmbeddingKind.Clip))
        {
            yield return "clip";
        }
    }
}
