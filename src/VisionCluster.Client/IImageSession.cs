using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Client;

/// <summary>
/// One uploaded image. Coordinates are pixels of the image after EXIF orientation, origin top left, x right, y down.
/// A handle holds nothing in the cluster: there is nothing to dispose, and a session ends when it was not used for a
/// while or is deleted. Every call may fail with a <see cref="VisionException"/> of <c>ImageNotFound</c> (unknown,
/// expired, another tenant's), <c>Unauthenticated</c>, <c>QuotaExceeded</c>, <c>Overloaded</c>,
/// <c>DeadlineExceeded</c>, <c>DeviceFailed</c>, <c>ModelUnavailable</c> or <c>StoreUnavailable</c>.
/// </summary>
public interface IImageSession
{
    /// <summary>32 lower-case hexadecimal digits: the first half of the SHA-256 of the image's bytes.</summary>
    string Id { get; }

    /// <summary>What the cluster last said of the image; null for a handle made from an id until it is described.</summary>
    ImageDescription? Description { get; }

    /// <summary>Asks what is known of the image and keeps it as <see cref="Description"/>.</summary>
    Task<ImageDescription> DescribeAsync(CancellationToken cancellationToken = default);

    /// <summary>Masks for points, boxes, earlier masks or texts (SAM).</summary>
    /// <param name="request">1 to <see cref="SegmentRequest.MaxPrompts"/> prompts; all of them are one batch.</param>
    /// <param name="options">Lane, priority and deadline; null: a click's, which is served before everything else.</param>
    /// <param name="cancellationToken">Gives the call up; work that still queues is dropped.</param>
    /// <returns>For each prompt its masks, the size of the image, and the milliseconds of each stage.</returns>
    /// <exception cref="VisionException">
    /// Also <c>InvalidRequest</c> with all its <see cref="VisionException.Violations"/>, <c>ModelNotFound</c>,
    /// <c>MaskNotFound</c>.
    /// </exception>
    Task<SegmentResponse> SegmentAsync(
        SegmentRequest request, CallOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>All masks of the image as they are found (SAM's automatic mask generator).</summary>
    /// <param name="request">Grid, crops and thresholds; null: the original's defaults.</param>
    /// <param name="options">Lane, priority and deadline of the whole stream; null: on the bulk lane, behind every click.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>
    /// Progress, masks and what they displace; <see cref="EverythingResponse.CollectAsync"/> makes one answer of it. Who
    /// stops reading ends the work.
    /// </returns>
    /// <exception cref="VisionException">Also <c>InvalidRequest</c>, <c>ModelNotFound</c>; thrown while reading.</exception>
    IAsyncEnumerable<EverythingUpdate> EverythingAsync(
        EverythingRequest? request = null, CallOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Labels for the whole image (CLIP).</summary>
    /// <param name="request">1 to 10,000 labels, or the name of a label set.</param>
    /// <param name="options">Lane, priority and deadline; null: an online call's.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>The best labels with scores over all of them.</returns>
    /// <exception cref="VisionException">Also <c>InvalidRequest</c>, <c>ModelNotFound</c>, <c>LabelSetNotFound</c>.</exception>
    Task<ClassifyResponse> ClassifyAsync(
        ClassifyRequest request, CallOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Labelled boxes (RegionCLIP, or CLIP on crops).</summary>
    /// <param name="request">Labels, and boxes where the cluster has no model that proposes them.</param>
    /// <param name="options">Lane, priority and deadline; null: an online call's.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>Detections, best first, each with its mask where masks were asked for.</returns>
    /// <exception cref="VisionException">Also <c>InvalidRequest</c>, <c>ModelNotFound</c>, <c>LabelSetNotFound</c>.</exception>
    Task<DetectResponse> DetectAsync(
        DetectRequest request, CallOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Embeddings of boxes, for an index of one's own.</summary>
    /// <param name="request">1 to <see cref="DetectRequest.MaxBoxes"/> boxes.</param>
    /// <param name="options">Lane, priority and deadline; null: an online call's.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>A row of length 1 for each box, float32.</returns>
    /// <exception cref="VisionException">Also <c>InvalidRequest</c>, <c>ModelNotFound</c>.</exception>
    Task<RegionsResponse> EmbedRegionsAsync(
        RegionsRequest request, CallOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Computes embeddings ahead of the first call that needs them. Over HTTP, name them to
    /// <see cref="IVisionClient.OpenImageAsync(ReadOnlyMemory{byte}, EmbeddingKind, CancellationToken)"/> where that can
    /// be: afterwards it takes a download and an upload.
    /// </summary>
    /// <param name="kinds">Which.</param>
    /// <param name="options">Lane, priority and deadline; null: an online call's.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>The description, which says what is ready now.</returns>
    Task<ImageDescription> WarmAsync(
        EmbeddingKind kinds, CallOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>The bytes as they were uploaded, and what format they are.</summary>
    Task<ImageContent> ReadContentAsync(CancellationToken cancellationToken = default);

    /// <summary>Forgets the image, its embeddings and its masks. A second time fails with <c>ImageNotFound</c>.</summary>
    Task DeleteAsync(CancellationToken cancellationToken = default);
}
