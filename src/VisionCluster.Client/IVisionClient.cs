using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Search;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Client;

/// <summary>
/// A VisionCluster, the same by both roads: over HTTP (<see cref="HttpVisionClient"/>) and by grain calls from a silo
/// or an Orleans client (<see cref="OrleansVisionClient"/>). Safe for concurrent use. Every call fails with a
/// <see cref="VisionException"/> and nothing else, but for the caller's own cancellation.
/// </summary>
public interface IVisionClient
{
    /// <summary>Uploads an image. The same bytes again cost no decoding and give the same session.</summary>
    /// <param name="image">The file: JPEG, PNG, WebP, GIF, BMP or TIFF. It must not change until the call has ended.</param>
    /// <param name="warm">Embeddings to compute before the call returns, so that the first prompt finds them ready.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>The session, with its <see cref="IImageSession.Description"/>.</returns>
    /// <exception cref="VisionException">
    /// <c>InvalidRequest</c> (no bytes), <c>UnsupportedImage</c>, <c>CorruptImage</c>, <c>ImageTooLarge</c>,
    /// <c>QuotaExceeded</c>, <c>StoreUnavailable</c>, and what every call may meet: <c>Unauthenticated</c>,
    /// <c>Overloaded</c>, <c>DeadlineExceeded</c>, <c>ModelUnavailable</c>.
    /// </exception>
    Task<IImageSession> OpenImageAsync(
        ReadOnlyMemory<byte> image, EmbeddingKind warm = EmbeddingKind.None, CancellationToken cancellationToken = default);

    /// <summary>Uploads an image that is read from a stream, from its position to its end.</summary>
    /// <param name="image">The file. It stays open; no more than the client's limit is read of it.</param>
    /// <param name="warm">Embeddings to compute before the call returns.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="VisionException">As the other overload.</exception>
    Task<IImageSession> OpenImageAsync(
        Stream image, EmbeddingKind warm = EmbeddingKind.None, CancellationToken cancellationToken = default);

    /// <summary>A handle of an image that was uploaded before, here or elsewhere. Nothing is asked of the cluster yet.</summary>
    /// <param name="id">32 lower-case hexadecimal digits; any other id fails each call with <c>ImageNotFound</c>.</param>
    IImageSession Image(string id);

    /// <summary>The models that the cluster serves, by name.</summary>
    /// <exception cref="VisionException"><c>Unauthenticated</c>, <c>ModelUnavailable</c>, <c>DeadlineExceeded</c>.</exception>
    Task<IReadOnlyList<ModelStatus>> ListModelsAsync(CancellationToken cancellationToken = default);

    /// <summary>The devices of the cluster, what they hold and how busy they are; for operators.</summary>
    /// <exception cref="VisionException"><c>Unauthenticated</c>, <c>Forbidden</c>, <c>ModelUnavailable</c>, <c>DeadlineExceeded</c>.</exception>
    Task<IReadOnlyList<DeviceStatus>> ListDevicesAsync(CancellationToken cancellationToken = default);

    /// <summary>Labels for images of which nothing is kept.</summary>
    /// <param name="images">1 to 256 files.</param>
    /// <param name="request">1 to 10,000 labels, or the name of a label set.</param>
    /// <param name="options">Lane, priority and deadline; null: an online call's.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>
    /// An answer for each image, in order; over HTTP the first one's timings are the whole call's and the others' are 0.
    /// </returns>
    /// <exception cref="VisionException">
    /// <c>InvalidRequest</c>, <c>UnsupportedImage</c>, <c>CorruptImage</c>, <c>ImageTooLarge</c>, <c>ModelNotFound</c>,
    /// <c>LabelSetNotFound</c>: one of the images fails all.
    /// </exception>
    Task<IReadOnlyList<ClassifyResponse>> ClassifyAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> images,
        ClassifyRequest request,
        CallOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>Embeddings of texts, images and image sessions in a CLIP model's space.</summary>
    /// <param name="request">1 to <see cref="EmbeddingsRequest.MaxInputs"/> inputs.</param>
    /// <param name="options">Lane, priority and deadline; null: an online call's.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="VisionException"><c>InvalidRequest</c>, <c>ModelNotFound</c>, <c>ImageNotFound</c>, and what an image may fail with.</exception>
    Task<EmbeddingsResponse> EmbedAsync(
        EmbeddingsRequest request, CallOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>The tenant's live images nearest to a text or an image, among those whose CLIP embedding is ready.</summary>
    /// <param name="request">What to look for.</param>
    /// <param name="options">Lane, priority and deadline; null: an online call's.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="VisionException"><c>InvalidRequest</c>, <c>ModelNotFound</c>, <c>ImageNotFound</c>, and what an image may fail with.</exception>
    Task<SearchResponse> SearchAsync(
        SearchRequest request, CallOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Keeps labels under a name, to classify and detect with; replaces what is kept under it.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>, <c>StoreUnavailable</c>.</exception>
    Task<LabelSetDescription> PutLabelSetAsync(string name, LabelSet labels, CancellationToken cancellationToken = default);

    /// <summary>A label set.</summary>
    /// <exception cref="VisionException"><c>LabelSetNotFound</c>.</exception>
    Task<LabelSetDescription> GetLabelSetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Forgets a label set.</summary>
    /// <exception cref="VisionException"><c>LabelSetNotFound</c>.</exception>
    Task DeleteLabelSetAsync(string name, CancellationToken cancellationToken = default);
}
