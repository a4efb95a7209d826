using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Grains.Images;

/// <summary>
/// Images as objects <c>prefix tenant/id</c> of a bucket. A session removes its image when it ends; what a lost silo
/// left behind is the bucket's lifecycle rule's. Silos count a tenant's bytes each by itself and recount them every few seconds.
/// </summary>
internal sealed class S3ImageStore(
    IAmazonS3 s3, ImageEnvelope envelope, IOptions<ImageStoreOptions> options, TenantQuotas quotas, StoreInstruments instruments, TimeProvider time)
    : IImageStore
{
    private readonly TenantUsage _usage = new(quotas, instruments, time);

    private S3Options Bucket => options.Value.S3;

    public async Task WriteAsync(
        ImageKey key, ImageContent content, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        if (await ExtendAsync(key, expiresAt, cancellationToken))
        {
            return;
        }

        var value = envelope.Wrap(key, content);
        await _usage.AddAsync(key.Tenant, value.Length, () => CountAsync(key.Tenant, cancellationToken));
        using var body = new MemoryStream(value, writable: false);
        var put = new PutObjectRequest { BucketName = Bucket.Bucket, Key = NameOf(key), InputStream = body, AutoCloseStream = false, UseChunkEncoding = false };
        try
        {
            await RunAsync(() => s3.PutObjectAsync(put, cancellationToken));
        }
        catch
        {
            _usage.Subtract(key.Tenant, value.Length);
            throw;
        }
    }

    public async ValueTask<ImageContent?> ReadAsync(ImageKey key, CancellationToken cancellationToken)
    {
        using var answer = await RunAsync(() => s3.GetObjectAsync(Bucket.Bucket, NameOf(key), cancellationToken));
        if (answer is null)
        {
            return null;
        }

        using var stored = new MemoryStream();
        await answer.ResponseStream.CopyToAsync(stored, cancellationToken);
        return envelope.Unwrap(key, stored.ToArray());
    }

    public async Task<bool> ExtendAsync(ImageKey key, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        await RunAsync(() => s3.GetObjectMetadataAsync(Bucket.Bucket, NameOf(key), cancellationToken)) is not null;

    public async Task DeleteAsync(ImageKey key, CancellationToken cancellationToken)
    {
        var kept = await RunAsync(() => s3.GetObjectMetadataAsync(Bucket.Bucket, NameOf(key), cancellationToken));
        if (kept is not null)
        {
            await RunAsync(() => s3.DeleteObjectAsync(Bucket.Bucket, NameOf(key), cancellationToken));
            _usage.Subtract(key.Tenant, kept.ContentLength);
        }
    }

    private async ValueTask<(int Images, long Bytes)> CountAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var (images, bytes) = (0, 0L);
        var list = new ListObjectsV2Request { BucketName = Bucket.Bucket, Prefix = $"{Bucket.Prefix}{tenant.Value}/" };
        do
        {
            var page = await RunAsync(() => s3.ListObjectsV2Async(list, cancellationToken));
            images += page?.S3Objects?.Count ?? 0;
            bytes += page?.S3Objects?.Sum(item => item.Size ?? 0) ?? 0;
            list.ContinuationToken = page?.NextContinuationToken;
        }
        while (list.ContinuationToken is not null);
        return (images, bytes);
    }

    /// <summary>Null where there is no such object.</summary>
    private static async Task<T?> RunAsync<T>(Func<Task<T>> call)
        where T : class
    {
        try
        {
            return await call();
        }
        catch (AmazonS3Exception error) when (error.StatusCode == HttpStatusCode.NotFound && error.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
        catch (Exception error) when (error is AmazonServiceException or AmazonClientException or HttpRequestException or SocketException)
        {
            throw StoreErrors.Away(error);
        }
    }

    private string NameOf(ImageKey key) => Bucket.Prefix + key;
}
