using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VisionCluster.Contracts.Errors;
using VisionCluster.Grains.Images;
using VisionCluster.TestKit.Processes;
using TenantLimitOptions = VisionCluster.Contracts.Tenancy.TenantLimitOptions;

namespace VisionCluster.Grains.Tests.Images;

public sealed class FileImageStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    [Fact]
    public Task Store_OneImage_KeepsAndForgets() => ImageStoreContract.KeepsAndForgetsAsync(Create(), _time);

    [Fact]
    public Task Write_AboveTheQuota_IsRefused() => ImageStoreContract.RefusesAboveTheQuotaAsync(Create(), _time);

    [Fact]
    public Task Write_MoreImagesThanTheTenantMayHave_IsRefused() =>
        ImageStoreContract.RefusesTooManyAsync(Create(limits: ImageStoreContract.TwoImages), _time);

    [Fact]
    public Task Read_AfterTheExpiry_FindsNothing() => ImageStoreContract.ForgetsWhatHasExpiredAsync(Create(), _time);

    [Fact]
    public async Task Read_ByAnotherProcess_FindsWhatOneWrote()
    {
        var (key, content) = ImageStoreContract.Image(5, 500);
        await Create().WriteAsync(key, content, _time.GetUtcNow().AddHours(1), default);
        Assert.Equal(content.Bytes.ToArray(), (await Create().ReadAsync(key, default))!.Bytes.ToArray());
    }

    [Fact]
    public async Task Write_WhereAnotherProcessUsedTheQuota_IsRefusedAfterARecount()
    {
        var (one, two) = (Create(), Create());
        var (first, content) = ImageStoreContract.Image(6, 100);
        await two.WriteAsync(first, content, _time.GetUtcNow().AddHours(1), default);
        var (large, bytes) = ImageStoreContract.Image(7, (int)ImageStoreContract.Quota - 1000);
        await one.WriteAsync(large, bytes, _time.GetUtcNow().AddHours(1), default);
        _time.Advance(TenantUsage.RecountAfter + TimeSpan.FromSeconds(1));
        var (more, rest) = ImageStoreContract.Image(8, 2000);
        var error = await Assert.ThrowsAsync<VisionException>(() => two.WriteAsync(more, rest, _time.GetUtcNow().AddHours(1), default));
        Assert.Equal(VisionErrorCode.QuotaExceeded, error.Code);
    }

    [Fact]
    public async Task Sweep_AfterTheExpiry_RemovesTheFileAndNoOther()
    {
        var store = Create();
        var (key, content) = ImageStoreContract.Image(9, 500);
        var (living, other) = ImageStoreContract.Image(10, 500);
        await store.WriteAsync(key, content, _time.GetUtcNow().AddMinutes(1), default);
        await store.WriteAsync(living, other, _time.GetUtcNow().AddHours(1), default);
        Assert.Equal(0, store.Sweep(default));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, store.Sweep(default));
        Assert.Single(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
        Assert.NotNull(await store.ReadAsync(living, default));
    }

    [Fact]
    public async Task Write_WhereTheFolderIsAFile_IsUnavailable()
    {
        var blocked = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(blocked, "");
        var (key, content) = ImageStoreContract.Image(11, 500);
        var error = await Assert.ThrowsAsync<VisionException>(
            () => Create(folder: blocked).WriteAsync(key, content, _time.GetUtcNow().AddHours(1), default));
        Assert.Equal(VisionErrorCode.StoreUnavailable, error.Code);
    }

    [Fact]
    public async Task Files_WithAKey_ShowNothingOfTheImage()
    {
        var (key, content) = ImageStoreContract.Image(12, 500);
        var keys = new[] { Convert.ToBase64String(new byte[32]) };
        await Create(keys).WriteAsync(key, content, _time.GetUtcNow().AddHours(1), default);
        var file = await File.ReadAllBytesAsync(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Single());
        Assert.True(file.AsSpan().IndexOf(content.Bytes.Span[..16]) < 0);
        Assert.Equal(content.Bytes.ToArray(), (await Create(keys).ReadAsync(key, default))!.Bytes.ToArray());
    }

    public void Dispose() => _folder.Dispose();

    private FileImageStore Create(string[]? keys = null, string? folder = null, TenantLimitOptions? limits = null) => new(
        new ImageEnvelope(new ImageSealer(keys ?? [])),
        Options.Create(new ImageStoreOptions { Folder = folder ?? _folder.Path, TenantQuotaBytes = ImageStoreContract.Quota }),
        TestMeters.Quotas(new ImageStoreOptions { TenantQuotaBytes = ImageStoreContract.Quota }, limits),
        TestMeters.Store(new ImageStoreOptions(), _time),
        _time);
}
