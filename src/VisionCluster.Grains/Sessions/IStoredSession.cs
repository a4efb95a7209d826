using VisionCluster.Contracts.Errors;

namespace VisionCluster.Grains.Sessions;

/// <summary>A session as what its store must have of it. Key: as <see cref="Contracts.Sessions.IImageSessionGrain"/>'s.</summary>
[Alias("visioncluster.IStoredSession")]
internal interface IStoredSession : IGrainWithStringKey
{
    /// <summary>Writes image and record again where the store lost them; false where the session is over, or its image lost.</summary>
    /// <exception cref="VisionException"><c>QuotaExceeded</c>, <c>StoreUnavailable</c>.</exception>
    [Alias("KeepAgain")]
    Task<bool> KeepAgainAsync(CancellationToken cancellationToken);
}
