using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Contracts.Tensors;
using VisionCluster.Inference.AutomaticMasks;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Devices;
using VisionCluster.Inference.Embeddings;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Models.Clip;
using VisionCluster.Inference.Models.Regions;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>
/// Everything one device does for images. Work runs on the pool and on the device's own threads, never on the
/// scheduler of whoever calls.
/// </summary>
public sealed class VisionEngine : IDisposable
{
    private readonly PipelineServices _services;
    private readonly TimeProvider _time;
    private readonly StageInstruments _instruments;
    private readonly ImageEmbeddings _embeddings;
    private readonly SegmentPipeline _segment;
    private readonly ClassifyPipeline _classify;
    private readonly DetectPipeline _detect;
    private readonly EmbedPipeline _embed;
    private readonly EverythingPipeline _everything;
    private readonly InferPipeline _infer;

    internal VisionEngine(
        PipelineServices services, AutomaticMaskOptions automaticMasks, TimeProvider time, StageInstruments instruments)
    {
        _services = services;
        _time = time;
        _instruments = instruments;
        _embeddings = new ImageEmbeddings(services);
        _segment = new SegmentPipeline(services, _embeddings);
        _classify = new ClassifyPipeline(services, _embeddings);
        _everything = new EverythingPipeline(services, _embeddings, automaticMasks);
        _detect = new DetectPipeline(services, _embeddings, _everything);
        _embed = new EmbedPipeline(services, _embeddings);
        _infer = new InferPipeline(services.Host);
    }

    /// <summary>The device.</summary>
    public DeviceHost Host => _services.Host;

    /// <summary>Masks for prompts of points, boxes and earlier masks.</summary>
    public Task<SegmentResponse> SegmentAsync(
        ImageReference image, SegmentRequest request, CallOptions options, CancellationToken cancellationToken) =>
        RunAsync("segment", image.Key.Tenant, options, call => _segment.RunAsync(image, request, call), cancellationToken);

    /// <summary>All masks of an image as they are found.</summary>
    public IAsyncEnumerable<EverythingUpdate> EverythingAsync(
        ImageReference image, EverythingRequest request, CallOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return UpdateStream.RunAsync<EverythingUpdate>(
            (write, token) => CallTrace.RunAsync("everything", Host.Device.Name, image.Key.Tenant, options, async () =>
            {
                var call = InferenceCall.Begin(image.Key.Tenant, options, _time, _instruments, "everything", token);
                await _everything.RunAsync(image, request, call, write);
                return true;
            }),
            options.Timeout,
            _time,
            cancellationToken);
    }

    /// <summary>Scores of labels for the whole image.</summary>
    public Task<ClassifyResponse> ClassifyAsync(
        ImageReference image,
        ClassifyRequest request,
        LabelEmbeddings labels,
        CallOptions options,
        CancellationToken cancellationToken) =>
        RunAsync("classify", image.Key.Tenant, options, call => _classify.RunAsync(image, request, labels, call), cancellationToken);

    /// <summary>Scores of labels for an image that nothing is kept of.</summary>
    public Task<ClassifyResponse> ClassifyAsync(
        ImageContent content,
        TenantId tenant,
        ClassifyRequest request,
        LabelEmbeddings labels,
        CallOptions options,
        CancellationToken cancellationToken) =>
        RunAsync("classify", tenant, options, call => _classify.RunAsync(content, request, labels, call), cancellationToken);

    /// <summary>Labelled boxes.</summary>
    public Task<DetectResponse> DetectAsync(
        ImageReference image,
        DetectRequest request,
        LabelEmbeddings labels,
        CallOptions options,
        CancellationToken cancellationToken) =>
        RunAsync("detect", image.Key.Tenant, options, call => _detect.RunAsync(image, request, labels, call), cancellationToken);

    /// <summary>Embeddings of texts, a row of length 1 each.</summary>
    public Task<LabelEmbeddings> EmbedTextsAsync(
        string? model, IReadOnlyList<string> texts, TenantId tenant, CallOptions options, CancellationToken cancellationToken) =>
        RunAsync("embed", tenant, options, async call =>
        {
            using var hold = Host.Hold<ClipModel>(ModelFamily.Clip, model);
            return await hold.Model.EmbedAsync(texts, call);
        }, cancellationToken);

    /// <summary>Embeddings of texts as they are, cut to the model's context where that is asked for.</summary>
    public Task<EmbeddedInputs> EmbedTextsAsync(
        string? model, IReadOnlyList<string> texts, bool truncate, TenantId tenant, CallOptions options, CancellationToken cancellationToken) =>
        RunAsync("embed", tenant, options, call => _embed.TextsAsync(model, texts, truncate, call), cancellationToken);

    /// <summary>The CLIP embedding of a whole image.</summary>
    public Task<EmbeddedInputs> EmbedImageAsync(
        string? model, ImageReference image, CallOptions options, CancellationToken cancellationToken) =>
        RunAsync("embed", image.Key.Tenant, options, call => _embed.ImageAsync(model, image, call), cancellationToken);

    /// <summary>The CLIP embedding of an image that nothing is kept of.</summary>
    public Task<EmbeddedInputs> EmbedImageAsync(
        string? model, ImageContent content, TenantId tenant, CallOptions options, CancellationToken cancellationToken) =>
        RunAsync("embed", tenant, options, call => _embed.ContentAsync(model, content, call), cancellationToken);

    /// <summary>Embeddings of boxes.</summary>
    public Task<RegionsResponse> EmbedRegionsAsync(
        ImageReference image, RegionsRequest request, CallOptions options, CancellationToken cancellationToken) =>
        RunAsync("embed", image.Key.Tenant, options, call => _embed.RegionsAsync(image, request, call), cancellationToken);

    /// <summary>A graph's outputs for a tenant's tensors.</summary>
    public Task<InferResponse> InferAsync(
        InferRequest request, TenantId tenant, CallOptions options, CancellationToken cancellationToken) =>
        RunAsync("infer", tenant, options, call => _infer.RunAsync(request, call), cancellationToken);

    /// <summary>The graph of a name, or all that callers may run on tensors of their own.</summary>
    /// <exception cref="VisionException"><c>ModelNotFound</c>.</exception>
    public IReadOnlyList<GraphMetadata> DescribeGraphs(string? name) => _infer.Describe(name);

    /// <summary>The images of a tenant, among those whose CLIP embedding this device holds, that are nearest to a query.</summary>
    /// <param name="tenant">Whose images.</param>
    /// <param name="model">Name and version of the model.</param>
    /// <param name="query">Of length 1.</param>
    /// <param name="topK">How many.</param>
    /// <param name="cancellationToken">The caller leaves before it begins.</param>
    public Task<(FoundImage[] Found, int Compared)> SearchAsync(
        TenantId tenant, string model, ReadOnlyMemory<float> query, int topK, CancellationToken cancellationToken) =>
        Task.Run(() => Host.Embeddings.Index.Search(tenant, model, query, topK), cancellationToken);

    /// <summary>Computes an image's embeddings.</summary>
    public Task WarmAsync(ImageReference image, EmbeddingKind kinds, CallOptions options, CancellationToken cancellationToken) =>
        RunAsync("warm", image.Key.Tenant, options, async call =>
        {
            if (kinds.HasFlag(EmbeddingKind.Sam))
            {
                using var sam = Host.Hold<SamModel>(ModelFamily.Sam, null);
                using var embedding = await _embeddings.SamAsync(sam.Model, image, call);
            }

            if (kinds.HasFlag(EmbeddingKind.Clip))
            {
                using var clip = Host.Hold<ClipModel>(ModelFamily.Clip, null);
                await _embeddings.ClipAsync(clip.Model, image, call);
            }

            return true;
        }, cancellationToken);

    /// <summary>An image's embedding by the default model, computed where it is not at hand.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>: not one kind; <c>ModelNotFound</c>.</exception>
    public Task<ImageEmbeddingContent> ReadEmbeddingAsync(
        ImageReference image,
        EmbeddingKind kind,
        IReadOnlyList<string> knownTags,
        CallOptions options,
        CancellationToken cancellationToken) =>
        RunAsync("embedding", image.Key.Tenant, options, call => _embeddings.ReadAsync(image, kind, knownTags, call), cancellationToken);

    /// <summary>Whether an image's embeddings by the default models are at hand.</summary>
    public EmbeddingStates StatesOf(ImageKey image) =>
        new(StateOf<SamModel>(ModelFamily.Sam, image), StateOf<ClipModel>(ModelFamily.Clip, image));

    /// <summary>Drops an image's embeddings, masks and pixels.</summary>
    public void Forget(ImageKey image)
    {
        Host.Embeddings.Forget(image);
        Host.Masks.Forget(image);
        _services.Images.Forget(image);
    }

    /// <summary>The CLIP model whose texts a request compares with, as <c>name@version</c>.</summary>
    /// <param name="family">The family of the model that the request names.</param>
    /// <param name="name">The model it names, or null.</param>
    /// <exception cref="VisionException"><c>ModelNotFound</c>.</exception>
    public string TextModelOf(ModelFamily family, string? name)
    {
        if (family == ModelFamily.RegionClip)
        {
            using var regions = Host.Hold<RegionModel>(family, name);
            name = regions.Model.Manifest.Clip;
        }

        using var clip = Host.Hold<ClipModel>(ModelFamily.Clip, name);
        return clip.Model.Identity;
    }

    /// <inheritdoc/>
    public void Dispose() => _everything.Dispose();

    private EmbeddingState StateOf<T>(ModelFamily family, ImageKey image)
        where T : LoadedModel
    {
        if (!Host.Serves(family))
        {
            return EmbeddingState.Absent;
        }

        using var hold = Host.Hold<T>(family, null);
        return Host.Embeddings.StateOf(new EmbeddingKey(image, hold.Model.Identity));
    }

    private Task<T> RunAsync<T>(
        string operation, TenantId tenant, CallOptions options, Func<InferenceCall, Task<T>> run, CancellationToken cancellationToken) =>
        Task.Run(
            () => CallTrace.RunAsync(operation, Host.Device.Name, tenant, options, () => CallDeadline.RunAsync(
                options.Timeout,
                _time,
                token => run(InferenceCall.Begin(tenant, options, _time, _instruments, operation, token)),
                cancellationToken)),
            cancellationToken);
}
