using Orleans.Concurrency;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Search;
using VisionCluster.Contracts.Tensors;

namespace VisionCluster.Contracts.Sessions;

/// <summary>
/// Work that needs a device and no session: nothing of it is kept. Its key is <see cref="OneShotKey"/>; calls
/// interleave.
/// </summary>
[Alias("visioncluster.IOneShotGrain")]
public interface IOneShotGrain : IGrainWithStringKey
{
    /// <summary>Labels for a picture that is not uploaded.</summary>
    /// <exception cref="Errors.VisionException">
    /// <c>InvalidRequest</c>, <c>UnsupportedImage</c>, <c>CorruptImage</c>, <c>ImageTooLarge</c>, <c>ModelNotFound</c>,
    /// <c>LabelSetNotFound</c>.
    /// </exception>
    [Alias("Classify"), Idempotent, AlwaysInterleave]
    Task<ClassifyResponse> ClassifyAsync(
        ImageContent image, ClassifyRequest request, CallOptions options, CancellationToken cancellationToken);

    /// <summary>The embedding of a picture that is not uploaded.</summary>
    [Alias("EmbedImage"), Idempotent, AlwaysInterleave]
    Task<EmbeddedInputs> EmbedImageAsync(
        ImageContent image, string? model, CallOptions options, CancellationToken cancellationToken);

    /// <summary>Embeddings of texts as they are, without templates or cache.</summary>
    /// <param name="texts">1 to <see cref="EmbeddingsRequest.MaxInputs"/> texts.</param>
    /// <param name="model">A CLIP model's name; null for the default.</param>
    /// <param name="truncate">Whether a text of too many tokens is cut; else it is an error.</param>
    /// <param name="options">Lane, priority and deadline.</param>
    /// <param name="cancellationToken">The caller leaves.</param>
    [Alias("EmbedTexts"), Idempotent, AlwaysInterleave]
    Task<EmbeddedInputs> EmbedTextsAsync(
        [Immutable] IReadOnlyList<string> texts, string? model, bool truncate, CallOptions options, CancellationToken cancellationToken);

    /// <summary>The tenant's live images that are nearest to a text or an image, of all devices.</summary>
    [Alias("Search"), Idempotent, AlwaysInterleave]
    Task<SearchResponse> SearchAsync(SearchRequest request, CallOptions options, CancellationToken cancellationToken);

    /// <summary>A graph's outputs for tensors as they are.</summary>
    /// <exception cref="Errors.VisionException"><c>InvalidRequest</c>, <c>ModelNotFound</c>.</exception>
    [Alias("Infer"), Idempotent, AlwaysInterleave]
    Task<InferResponse> InferAsync(InferRequest request, CallOptions options, CancellationToken cancellationToken);

    /// <summary>The graph of a name; all that the nearest device serves where it is null.</summary>
    /// <exception cref="Errors.VisionException"><c>ModelNotFound</c>.</exception>
    [Alias("DescribeGraphs"), Idempotent, AlwaysInterleave]
    Task<IReadOnlyList<GraphMetadata>> DescribeGraphsAsync(string? name, CancellationToken cancellationToken);
}
