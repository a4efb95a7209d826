using Orleans.Concurrency;
using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Search;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Contracts.Tensors;

namespace VisionCluster.Contracts.ModelHosts;

/// <summary>
/// The cluster's face of one device; its key is <see cref="ModelHostKey"/>. Calls interleave and meet in the device's
/// queues. Sessions call the host of their own silo, so that nothing is copied.
/// </summary>
[Alias("visioncluster.IModelHostGrain")]
public interface IModelHostGrain : IGrainWithStringKey
{
    /// <summary>Masks for prompts of points, boxes and earlier masks; sessions turn text into boxes first.</summary>
    [Alias("Segment"), AlwaysInterleave]
    Task<SegmentResponse> SegmentAsync(
        ImageReference image, SegmentRequest request, CallOptions options, CancellationToken cancellationToken);

    /// <summary>All masks as they are found.</summary>
    [Alias("Everything"), AlwaysInterleave]
    IAsyncEnumerable<EverythingUpdate> EverythingAsync(
        ImageReference image, EverythingRequest request, CallOptions options, CancellationToken cancellationToken);

    /// <summary>An embedding by the default model.</summary>
    [Alias("ReadEmbedding"), AlwaysInterleave]
    Task<ImageEmbeddingContent> ReadEmbeddingAsync(
        ImageReference image,
        EmbeddingKind kind,
        [Immutable] IReadOnlyList<string> knownTags,
        CallOptions options,
        CancellationToken cancellationToken);

    /// <summary>Scores of labels for the whole image.</summary>
    [Alias("Classify"), AlwaysInterleave]
    Task<ClassifyResponse> ClassifyAsync(
        ImageReference image,
        ClassifyRequest request,
        LabelEmbeddings labels,
        CallOptions options,
        CancellationToken cancellationToken);

    /// <summary>Labelled boxes.</summary>
    [Alias("Detect"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<DetectResponse> DetectAsync(
        ImageReference image,
        DetectRequest request,
        LabelEmbeddings labels,
        CallOptions options,
        CancellationToken cancellationToken);

    /// <summary>Normalised embeddings of texts, a row each.</summary>
    [Alias("EmbedTexts"), AlwaysInterleave]
    Task<LabelEmbeddings> EmbedTextsAsync(
        string? model,
        [Immutable] IReadOnlyList<string> texts,
        TenantId tenant,
        CallOptions options,
        CancellationToken cancellationToken);

    /// <summary>Scores of labels for an image that nothing is kept of.</summary>
    [Alias("ClassifyContent"), AlwaysInterleave]
    Task<ClassifyResponse> ClassifyContentAsync(
        ImageContent content,
        TenantId tenant,
        ClassifyRequest request,
        LabelEmbeddings labels,
        CallOptions options,
        CancellationToken cancellationToken);

    /// <summary>Embeddings of texts as they are, cut to the model's context where that is asked for.</summary>
    [Alias("EmbedInputs"), AlwaysInterleave]
    Task<EmbeddedInputs> EmbedInputsAsync(
        string? model,
        [Immutable] IReadOnlyList<string> texts,
        bool truncate,
        TenantId tenant,
        CallOptions options,
        CancellationToken cancellationToken);

    /// <summary>The CLIP embedding of a whole image.</summary>
    [Alias("EmbedImage"), AlwaysInterleave]
    Task<EmbeddedInputs> EmbedImageAsync(
        string? model, ImageReference image, CallOptions options, CancellationToken cancellationToken);

    /// <summary>The CLIP embedding of an image that nothing is kept of.</summary>
    [Alias("EmbedContent"), AlwaysInterleave]
    Task<EmbeddedInputs> EmbedContentAsync(
        string? model, ImageContent content, TenantId tenant, CallOptions options, CancellationToken cancellationToken);

    /// <summary>Embeddings of boxes.</summary>
    [Alias("EmbedRegions"), AlwaysInterleave]
    Task<RegionsResponse> EmbedRegionsAsync(
        ImageReference image, RegionsRequest request, CallOptions options, CancellationToken cancellationToken);

    /// <summary>Runs one of the device's graphs on a tenant's tensors.</summary>
    /// <exception cref="Errors.VisionException"><c>InvalidRequest</c>, <c>ModelNotFound</c>, and those of every queue.</exception>
    [Alias("Infer"), AlwaysInterleave]
    Task<InferResponse> InferAsync(InferRequest request, TenantId tenant, CallOptions options, CancellationToken cancellationToken);

    /// <summary>The graph of a name; all graphs of the device where it is null.</summary>
    /// <exception cref="Errors.VisionException"><c>ModelNotFound</c>.</exception>
    [Alias("DescribeGraphs"), AlwaysInterleave]
    Task<IReadOnlyList<GraphMetadata>> DescribeGraphsAsync(string? name);

    /// <summary>The images of a tenant, among those whose CLIP embedding the device holds, that are nearest to a query.</summary>
    /// <param name="tenant">Whose images.</param>
    /// <param name="model">Name and version of the model.</param>
    /// <param name="query">One row of length 1.</param>
    /// <param name="topK">How many.</param>
    /// <param name="cancellationToken">The caller leaves.</param>
    [Alias("Search"), AlwaysInterleave]
    Task<SearchShard> SearchAsync(
        TenantId tenant, string model, LabelEmbeddings query, int topK, CancellationToken cancellationToken);

    /// <summary>Computes an image's embeddings.</summary>
    [Alias("Warm"), AlwaysInterleave]
    Task WarmAsync(
        ImageReference image, EmbeddingKind kinds, CallOptions options, CancellationToken cancellationToken);

    /// <summary>Whether an image's embeddings are at hand.</summary>
    [Alias("States"), AlwaysInterleave]
    Task<EmbeddingStates> StatesAsync(ImageKey image);

    /// <summary>Drops an image's embeddings and masks.</summary>
    [Alias("Forget"), AlwaysInterleave]
    Task ForgetAsync(ImageKey image);

    /// <summary>Loads a model of the silo's folders, or its new version in place of the one that serves.</summary>
    /// <exception cref="Errors.VisionException"><c>ModelNotFound</c>, <c>ModelUnavailable</c>.</exception>
    [Alias("LoadModel"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task LoadModelAsync(string name, CancellationToken cancellationToken);

    /// <summary>Unloads a model when its last call has ended; false where it is not loaded.</summary>
    [Alias("UnloadModel"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<bool> UnloadModelAsync(string name);

    /// <summary>Takes no new session; what is queued still runs.</summary>
    [Alias("Drain"), AlwaysInterleave]
    Task DrainAsync();

    /// <summary>What the device holds and how busy it is.</summary>
    [Alias("Status"), AlwaysInterleave]
    Task<DeviceStatus> StatusAsync();
}
