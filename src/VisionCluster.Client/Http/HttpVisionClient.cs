using VisionCluster.Contracts.ModelHosts;
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
