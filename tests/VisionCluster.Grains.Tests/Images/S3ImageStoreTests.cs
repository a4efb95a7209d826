using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VisionCluster.Contracts.Errors;
using VisionCluster.Grains.Images;

namespace VisionCluster.Grains.Tests.Images;

public sealed class S3ImageStoreTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Store_OneImage_KeepsAndForgets()
    {
        await using var s3 = await S3Endpoint.StartAsync();
        await ImageStoreContract.KeepsAndForgetsAsync(Create(s3), _time);
        Assert.Empty(s3.Objects);
    }

    [Fact]
    public async Task Write_AboveTheQuota_IsRefused()
    {
        await using var s3 = await S3Endpoint.StartAsync();
        await ImageStoreContract.RefusesAboveTheQuotaAsync(Create(s3), _time);
    }

    [Fact]
    public async Task Write_AfterOthersWroteManyPages_CountsThemAll()
    {
        await using var s3 = await S3Endpoint.StartAsync();
        var other = Create(s3);
        for (var i = 0; i < 5; i++)
        {
            var (key, content) = ImageStoreContract.Image(20 + i, (int)ImageStoreContract.Quota / 6);
            await other.WriteAsync(key, content, _time.GetUtcNow(), default);
        }

        var (large, bytes) = ImageStoreContract.Image(30, (int)ImageStoreContract.Quota / 3);
        var error = await Assert.ThrowsAsync<VisionException>(() => Create(s3).WriteAsync(large, bytes, _time.GetUtcNow(), default));
        Assert.Equal(VisionErrorCode.QuotaExceeded, error.Code);
    }

    [Fact]
    public async Task Calls_WhileTheStoreIsAway_AreUnavailable()
    {
        await using var s3 = await S3Endpoint.StartAsync();
        s3.IsAway = true;
        var (key, content) = ImageStoreContract.Image(1, 100);
        var write = await Assert.ThrowsAsync<VisionException>(() => Create(s3).WriteAsync(key, content, _time.GetUtcNow(), default));
        var read = await Assert.ThrowsAsync<VisionException>(() => Create(s3).ReadAsync(key, default).AsTask());
        Assert.Equal([VisionErrorCode.StoreUnavailable, VisionErrorCode.StoreUnavailable], [write.Code, read.Code]);
    }

    private S3ImageStore Create(S3Endpoint endpoint)
    {
        var options = new ImageStoreOptions { TenantQuotaBytes = ImageStoreContract.Quota };
        options.S3.Bucket = "pictures";
        var client = new AmazonS3Client(
            new BasicAWSCredentials("id", "secret"),
            new AmazonS3Config
            {
                ServiceURL = endpoint.Url,
                ForcePathStyle = true,
                MaxErrorRetry = 0,
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            });
        return new S3ImageStore(client, new ImageEnvelope(new ImageSealer([])), Options.Create(options), TestMeters.Quotas(options), TestMeters.Store(options, _time), _time);
    }
}
