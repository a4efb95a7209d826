using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Client;

/// <summary>An image behind the HTTP gateway.</summary>
internal sealed class HttpImageSession(HttpVisionClient client, HttpCalls calls, string id, ImageDescription? description)
    : IImageSession
{
    private readonly string _path = $"v1/images/{Uri.EscapeDataString(id)}";

    public string Id => id;

    public ImageDescription? Description { get; private set; } = description;

    public async Task<ImageDescription> DescribeAsync(CancellationToken cancellationToken = default) =>
        Description = await calls.GetAsync<ImageDescription>(_path, cancellationToken).ConfigureAwait(false);

    public async Task<SegmentResponse> SegmentAsync(
        SegmentRequest request, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (answer, timings) = await AskAsync<SegmentRequest, SegmentResponse>("segment", request, options, cancellationToken)
            .ConfigureAwait(false);
        return answer with { Timings = timings };
    }

    public IAsyncEnumerable<EverythingUpdate> EverythingAsync(
        EverythingRequest? request = null, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        request ??= new EverythingRequest();
        VisionException.ThrowIfAny(request.Violations());
        return HttpStreams.ReadAsync<EverythingRequest, EverythingUpdate>(
            calls, $"{_path}/everything", request, options ?? CallOptions.Bulk, cancellationToken);
    }

    public async Task<ClassifyResponse> ClassifyAsync(
        ClassifyRequest request, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (answer, timings) = await AskAsync<ClassifyRequest, ClassifyResponse>("classify", request, options, cancellationToken)
            .ConfigureAwait(false);
        return answer with { Timings = timings };
    }

    public async Task<DetectResponse> DetectAsync(
        DetectRequest request, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (answer, timings) = await AskAsync<DetectRequest, DetectResponse>("detect", request, options, cancellationToken)
            .ConfigureAwait(false);
        return answer with { Timings = timings };
    }

    public async Task<RegionsResponse> EmbedRegionsAsync(
        RegionsRequest request, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (answer, timings) = await AskAsync<RegionsRequest, RegionsResponse>("regions", request, options, cancellationToken)
            .ConfigureAwait(false);
        return answer with { Timings = timings };
    }

    // The API warms only with an upload. The same bytes again are the same session, so that this is correct, if dear.
    public async Task<ImageDescription> WarmAsync(
        EmbeddingKind kinds, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        var content = await ReadContentAsync(cancellationToken).ConfigureAwait(false);
        return Description = await client.UploadAsync(content.Bytes, kinds, options, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ImageContent> ReadContentAsync(CancellationToken cancellationToken = default)
    {
        using var response = await calls.SendAsync(HttpMethod.Get, $"{_path}/content", null, null, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            return new ImageContent(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false))
            {
                Format = response.Content.Headers.ContentType?.MediaType?.Split('/')[^1] ?? "",
            };
        }
        catch (HttpRequestException error)
        {
            throw new VisionException(VisionErrorCode.StoreUnavailable, "The image broke off on its way.", error);
        }
    }

    public async Task DeleteAsync(CancellationToken cancellationToken = default) =>
        (await calls.SendAsync(HttpMethod.Delete, _path, null, null, cancellationToken).ConfigureAwait(false)).Dispose();

    private Task<(TResponse Answer, StageTimings Timings)> AskAsync<TRequest, TResponse>(
        string task, TRequest request, CallOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return calls.AskAsync<TRequest, TResponse>($"{_path}/{task}", request, options, cancellationToken);
    }
}
