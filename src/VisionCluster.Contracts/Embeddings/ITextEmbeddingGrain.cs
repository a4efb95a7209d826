using Orleans.Concurrency;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>
/// The cluster's cache of one shard of a model's label embeddings; its key is <see cref="TextShardKey"/>. Concurrent
/// misses of one label are one run of the text encoder, whichever silos they come from. Texts carry no tenant: an
/// embedding is a function of model and text, and a miss tells nobody who asked before.
/// </summary>
[Alias("visioncluster.ITextEmbeddingGrain")]
public interface ITextEmbeddingGrain : IGrainWithStringKey
{
    /// <summary>
    /// For each label the normalised mean over its templates' normalised embeddings.
    /// </summary>
    /// <param name="labels">Labels of this shard.</param>
    /// <param name="templates">Sentences they are put into.</param>
    /// <param name="tenant">Who pays for the encoder's run in its queue.</param>
    /// <param name="options">Lane, priority and deadline.</param>
    /// <param name="cancellationToken">Ends the wait; a run that others wait for goes on.</param>
    [Alias("Embed"), Idempotent, AlwaysInterleave]
    Task<LabelEmbeddings> EmbedAsync(
        [Immutable] IReadOnlyList<string> labels,
        PromptTemplates templates,
        Tenancy.TenantId tenant,
        CallOptions options,
        CancellationToken cancellationToken);
}
