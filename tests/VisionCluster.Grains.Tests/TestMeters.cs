using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Grains.Images;

namespace VisionCluster.Grains.Tests;

/// <summary>Meters that nobody listens to.</summary>
internal sealed class TestMeters : IMeterFactory
{
    public static StoreInstruments Store(ImageStoreOptions options, TimeProvider time) =>
        new(new TestMeters(), new TenantSeries(8), Options.Create(options), time);

    public static TenantQuotas Quotas(ImageStoreOptions options, TenantLimitOptions? limits = null) =>
        new(Options.Create(options), Options.Create(limits ?? new TenantLimitOptions()));

    public Meter Create(MeterOptions options) => new(options);

    public void Dispose()
    {
    }
}
