using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Sources;

namespace VisionCluster.Grains.Images;

/// <summary>Keeps encoded images.</summary>
internal interface IImageStore : IImageBytes
{
    /// <summary>Keeps an image. When the task ends well, it is kept.</summary>
    /// <exception cref="Contracts.Errors.VisionException"><c>QuotaExceeded</c>, <c>StoreUnavailable</c>.</exception>
    Task WriteAsync(ImageKey key, ImageContent content, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <summary>Keeps an image for longer.</summary>
    Task ExtendAsync(ImageKey key, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <summary>Forgets an image; nothing where there is none.</summary>
    Task DeleteAsync(ImageKey key, CancellationToken cancellationToken);
}
