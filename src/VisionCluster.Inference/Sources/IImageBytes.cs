using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Inference.Sources;

/// <summary>Where uploaded images lie.</summary>
public interface IImageBytes
{
    /// <summary>The encoded image; null where there is none of the key.</summary>
    ValueTask<ImageContent?> ReadAsync(ImageKey key, CancellationToken cancellationToken);
}
