using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Grains.Images;

/// <summary>
/// A store that may lose everything at once, as Redis does where it starts again without a file: what its silo still
/// holds is written again. Images that are held are read without asking it.
/// </summary>
internal sealed class HoldingImageStore(IImageStore inner, HeldImages held) : IImageStore
{
    public async Task WriteAsync(ImageKey key, ImageContent content, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        await inner.WriteAsync(key, content, expiresAt, cancellationToken);
        held.Hold(key, content);
    }

    public async ValueTask<ImageContent?> ReadAsync(ImageKey key, CancellationToken cancellationToken)
    {
        if (held.Find(key) is { } content)
        {
            return content;
        }

        var stored = await inner.ReadAsync(key, cancellationToken);
        if (stored is not null)
        {
            held.Hold(key, stored);
        }

        return stored;
    }

    public Task<bool> ExtendAsync(ImageKey key, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        inner.ExtendAsync(key, expiresAt, cancellationToken);

    public Task DeleteAsync(ImageKey key, CancellationToken cancellationToken)
    {
        held.Release(key);
        return inner.DeleteAsync(key, cancellationToken);
    }

    public async Task<bool> KeepAgainAsync(ImageKey key, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        if (held.Find(key) is not { } content)
        {
            return await inner.KeepAgainAsync(key, expiresAt, cancellationToken);
        }

        await inner.WriteAsync(key, content, expiresAt, cancellationToken);
        return true;
    }

    public void Release(ImageKey key) => held.Release(key);
}
