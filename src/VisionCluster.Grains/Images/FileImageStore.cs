using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Grains.Images;

/// <summary>
/// Images as files of one folder, <c>tenant/ab/abcd...</c>. A file's time of last write is when it expires. A file is
/// written beside its place, flushed to the disk and renamed: it is there whole or not at all. Silos that share the
/// folder count a tenant's bytes each by itself and recount them every few seconds.
/// </summary>
internal sealed class FileImageStore(
    ImageEnvelope envelope, IOptions<ImageStoreOptions> options, TenantQuotas quotas, StoreInstruments instruments, TimeProvider time)
    : IImageStore
{
    private const string Unfinished = ".part";

    /// <summary>After so long nobody is writing it any more.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private readonly TenantFolders _folders = new(options.Value.Folder);
    private readonly TenantUsage _usage = new(quotas, instruments, time);

    public async Task WriteAsync(
        ImageKey key, ImageContent content, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        if (await ExtendAsync(key, expiresAt, cancellationToken))
        {
            return;
        }

        var value = envelope.Wrap(key, content);
        await _usage.AddAsync(key.Tenant, value.Length, () => ValueTask.FromResult(_folders.Count(key.Tenant)));
        var path = _folders.PathOf(key);
        var unfinished = $"{path}.{Guid.NewGuid():N}{Unfinished}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous))
            {
                await file.WriteAsync(value, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.SetLastWriteTimeUtc(unfinished, expiresAt.UtcDateTime);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception error)
        {
            _usage.Subtract(key.Tenant, value.Length);
            TenantFolders.TryDelete(unfinished);
            throw error is OperationCanceledException ? error : Translate(error);
        }
    }

    public async ValueTask<ImageContent?> ReadAsync(ImageKey key, CancellationToken cancellationToken)
    {
        var path = _folders.PathOf(key);
        try
        {
            return IsLive(path) ? envelope.Unwrap(key, await File.ReadAllBytesAsync(path, cancellationToken)) : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Translate(error);
        }
    }

    public Task<bool> ExtendAsync(ImageKey key, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        var path = _folders.PathOf(key);
        try
        {
            if (!IsLive(path))
            {
                return Task.FromResult(false);
            }

            File.SetLastWriteTimeUtc(path, expiresAt.UtcDateTime);
            return Task.FromResult(true);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Translate(error);
        }
    }

    public Task DeleteAsync(ImageKey key, CancellationToken cancellationToken)
    {
        var file = new FileInfo(_folders.PathOf(key));
        try
        {
            if (file.Exists)
            {
                _usage.Subtract(key.Tenant, file.Length);
                file.Delete();
            }

            return Task.CompletedTask;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.CompletedTask;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Translate(error);
        }
    }

    /// <summary>How full the disk is; null where it cannot tell.</summary>
    public StoreFill? Fill() => _folders.Fill();

    /// <summary>Removes what has expired, and what a process that died left unfinished.</summary>
    public int Sweep(CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var path in _folders.Files())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var limit = path.EndsWith(Unfinished, StringComparison.Ordinal) ? time.GetUtcNow() - Abandoned : time.GetUtcNow();
            if (File.GetLastWriteTimeUtc(path) <= limit.UtcDateTime && TenantFolders.TryDelete(path))
            {
                removed++;
            }
        }

        return removed;
    }

    /// <summary>A file that isn't there has the earliest of times.</summary>
    private bool IsLive(string path) => File.GetLastWriteTimeUtc(path) > time.GetUtcNow().UtcDateTime;

    private static VisionException Translate(Exception error) =>
        error is IOException io && DiskErrors.IsFull(io) ? StoreErrors.Full(error) : StoreErrors.Away(error);
}
