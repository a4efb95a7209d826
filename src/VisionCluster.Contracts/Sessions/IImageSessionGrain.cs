using Orleans.Concurrency;
using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Segmentation;

namespace VisionCluster.Contracts.Sessions;

/// <summary>
/// One uploaded image as an actor; its key is <see cref="ImageKey"/>. It is found from any silo or client of the
/// cluster and sits on a silo that has a device. Every method but <see cref="UploadAsync"/> answers
/// <see cref="Errors.VisionErrorCode.ImageNotFound"/> for a session that was never made, was deleted or has expired.
/// </summary>
[Alias("visioncluster.IImageSessionGrain")]
public interface IImageSessionGrain : IGrainWithStringKey
{
    /// <summary>Checks and keeps an image. The same bytes again change nothing.</summary>
    /// <exception cref="Errors.VisionException">
    /// <c>UnsupportedImage</c>, <c>CorruptImage</c>, <c>ImageTooLarge</c>, <c>QuotaExceeded</c>, <c>StoreUnavailable</c>;
    /// <c>InvalidRequest</c> where the bytes have not the digest that is the grain's key.
    /// </exception>
    [Alias("Upload"), Idempotent]
    Task<UploadResult> UploadAsync(ImageContent content, CancellationToken cancellationToken);

    /// <summary>What is known of the image.</summary>
    [Alias("Describe"), Idempotent, AlwaysInterleave]
    Task<ImageDescription> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Whether the session lives. To ask does not prolong it; one that has expired is forgotten.</summary>
    [Alias("IsLive"), Idempotent, AlwaysInterleave]
    Task<bool> IsLiveAsync(CancellationToken cancellationToken);

    /// <summary>The bytes as they were uploaded.</summary>
    [Alias("ReadContent"), Idempotent, AlwaysInterleave]
    Task<ImageContent> ReadContentAsync(CancellationToken cancellationToken);

    /// <summary>Forgets the image, its embeddings and its masks.</summary>
    [Alias("Delete")]
    Task DeleteAsync(CancellationToken cancellationToken);

    /// <summary>Computes embeddings ahead of the first call that needs them.</summary>
    [Alias("Warm"), Idempotent, AlwaysInterleave]
    Task<ImageDescription> WarmAsync(EmbeddingKind kinds, CallOptions options, CancellationToken cancellationToken);

    /// <summary>Masks for prompts.</summary>
    [Alias("Segment"), Idempotent, AlwaysInterleave]
    Task<SegmentResponse> SegmentAsync(SegmentRequest request, CallOptions options, CancellationToken cancellationToken);

    /// <summary>Labels for the whole image.</summary>
    [Alias("Classify"), Idempotent, AlwaysInterleave]
    Task<ClassifyResponse> ClassifyAsync(
        ClassifyRequest request, CallOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// All masks as they are found. Whoever stops reading ends the work; <see cref="CallOptions.Timeout"/> counts for
    /// the whole stream.
    /// </summary>
    [Alias("Everything"), AlwaysInterleave]
    IAsyncEnumerable<EverythingUpdate> EverythingAsync(
        EverythingRequest request, CallOptions options, CancellationToken cancellationToken);

    /// <summary>An embedding by the default model, computed where it is not at hand.</summary>
    /// <param name="kind">One kind.</param>
    /// <param name="knownTags">Tags of embeddings that the caller has.</param>
    /// <param name="options">Lane, priority and deadline.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    [Alias("ReadEmbedding"), AlwaysInterleave]
    Task<ImageEmbeddingContent> ReadEmbeddingAsync(
        EmbeddingKind kind, [Immutable] IReadOnlyList<string> knownTags, CallOptions options, CancellationToken cancellationToken);

    /// <summary>Labelled boxes.</summary>
    [Alias("Detect"), Idempotent, AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<DetectResponse> DetectAsync(DetectRequest request, CallOptions options, CancellationToken cancellationToken);

    /// <summary>The CLIP embedding of the whole image.</summary>
    /// <param name="model">A CLIP model's name; null for the default.</param>
    /// <param name="options">Lane, priority and deadline.</param>
    /// <param name="cancellationToken">The caller leaves.</param>
    [Alias("Embed"), Idempotent, AlwaysInterleave]
    Task<EmbeddedInputs> EmbedAsync(string? model, CallOptions options, CancellationToken cancellationToken);

    /// <summary>Embeddings of boxes.</summary>
    [Alias("EmbedRegions"), Idempotent, AlwaysInterleave]
    Task<RegionsResponse> EmbedRegionsAsync(
        RegionsRequest request, CallOptions options, CancellationToken cancellationToken);
}
