using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VisionCluster.Grains.Images;

namespace VisionCluster.Grains.Tests.Images;

public sealed class MemoryImageStoreTests
{
    private readonly FakeTimeProvider _time = new();

    private static ImageStoreOptions Limits => new() { TenantQuotaBytes = ImageStoreContract.Quota };

    private MemoryImageStore Store =>
        field ??= new MemoryImageStore(Options.Create(Limits), TestMeters.Quotas(Limits), TestMeters.Store(Limits, _time), _time);

    [Fact]
    public Task Store_OneImage_KeepsAndForgets() => ImageStoreContract.KeepsAndForgetsAsync(Store, _time);

    [Fact]
    public Task Write_AboveTheQuota_IsRefused() => ImageStoreContract.RefusesAboveTheQuotaAsync(Store, _time);

    [Fact]
    public Task Write_MoreImagesThanTheTenantMayHave_IsRefused() => ImageStoreContract.RefusesTooManyAsync(
        new MemoryImageStore(
            Options.Create(Limits), TestMeters.Quotas(Limits, ImageStoreContract.TwoImages), TestMeters.Store(Limits, _time), _time),
        _time);

    [Fact]
    public Task Read_AfterTheExpiry_FindsNothing() => ImageStoreContract.ForgetsWhatHasExpiredAsync(Store, _time);
}
