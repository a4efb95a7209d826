using Orleans.Concurrency;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Contracts.Classification;

/// <summary>
/// One label set; its key is <see cref="LabelSetKey"/>. Silos keep copies with their embeddings and ask each time
/// whether theirs is still the set: a write is seen by the next call, wherever it comes in.
/// </summary>
[Alias("visioncluster.ILabelSetGrain")]
public interface ILabelSetGrain : IGrainWithStringKey
{
    /// <summary>Makes the set or replaces it.</summary>
    /// <returns>True where there was none.</returns>
    /// <exception cref="Errors.VisionException"><c>InvalidRequest</c>, <c>StoreUnavailable</c>.</exception>
    [Alias("Put"), Idempotent]
    Task<bool> PutAsync(LabelSet labels, CancellationToken cancellationToken);

    /// <summary>The set.</summary>
    /// <exception cref="Errors.VisionException"><c>LabelSetNotFound</c>.</exception>
    [Alias("Get"), Idempotent, AlwaysInterleave]
    Task<LabelSetDescription> GetAsync(CancellationToken cancellationToken);

    /// <summary>The set's version, and the set where that is another than <paramref name="known"/>.</summary>
    /// <exception cref="Errors.VisionException"><c>LabelSetNotFound</c>.</exception>
    [Alias("Read"), Idempotent, AlwaysInterleave]
    Task<LabelSetReading> ReadAsync(string? known, CancellationToken cancellationToken);

    /// <summary>Forgets the set.</summary>
    /// <exception cref="Errors.VisionException"><c>LabelSetNotFound</c>.</exception>
    [Alias("Delete")]
    Task DeleteAsync(CancellationToken cancellationToken);
}
