using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Sources;

namespace VisionCluster.Grains.Images;

/// <summary>Keeps encoded images until they expire, under a quota of bytes for each tenant.</summary>
internal interface IImageStore : IImageBytes
{
    /// <summary>Keeps an image. When the task ends well, it is kept; where it was kept before, for longer.</summary>
    /// <exception cref="Contracts.Errors.VisionException"><c>QuotaExceeded</c>, <c>StoreUnavailable</c>.</exception>
    Task WriteAsync(ImageKey key, ImageContent content, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <summary>Keeps an image for longer; false where there is none.</summary>
    /// <exception cref="Contracts.Errors.VisionException"><c>StoreUnavailable</c>.</exception>
    Task<bool> ExtendAsync(ImageKey key, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <summary>Forgets an image; nothing where there is none.</summary>
    /// <exception cref="Contracts.Errors.VisionException"><c>StoreUnavailable</c>.</exception>
    Task DeleteAsync(ImageKey key, CancellationToken cancellationToken);

    /// <summary>Keeps the image of a live session whose store may have lost it; false where it is lost.</summary>
    /// <exception cref="Contracts.Errors.VisionException"><c>QuotaExceeded</c>, <c>StoreUnavailable</c>.</exception>
    Task<bool> KeepAgainAsync(ImageKey key, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        ExtendAsync(key, expiresAt, cancellationToken);

    /// <summary>The image's session has left this silo.</summary>
    void Release(ImageKey key)
    {
    }
}
