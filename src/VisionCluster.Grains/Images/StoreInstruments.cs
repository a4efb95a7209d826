using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Grains.Images;

/// <summary>Metrics of the image store and of tenants' bytes in it, as this silo saw them last.</summary>
internal sealed class StoreInstruments : IDisposable
{
    /// <summary>What another silo may have changed since is not shown for longer.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(10);

    private readonly Meter _meter;
    private readonly TenantSeries _tenants;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, (long Bytes, long At)> _stored = new(StringComparer.Ordinal);

    public StoreInstruments(IMeterFactory meters, TenantSeries tenants, IOptions<ImageStoreOptions> options, TimeProvider time)
    {
        _tenants = tenants;
        _time = time;
        _meter = meters.Create(VisionTelemetry.Name);
        _meter.CreateObservableGauge(VisionTelemetry.Metrics.TenantStored, Stored, "By", "Bytes of images by tenant, as of its last upload or deletion here");
        _meter.CreateObservableGauge(
            VisionTelemetry.Metrics.TenantQuota, () => options.Value.TenantQuotaBytes, "By", "Bytes of images that a tenant may store");
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Bytes of a tenant after a change.</summary>
    public void Changed(TenantId tenant, long bytes) => _stored[_tenants.Of(tenant.Value)] = (bytes, _time.GetTimestamp());

    /// <summary>Shows how full a store is.</summary>
    /// <param name="fill">Null where the store cannot tell.</param>
    public void Watch(Func<StoreFill?> fill)
    {
        _meter.CreateObservableGauge(
            VisionTelemetry.Metrics.StoreUsed, () => Only(fill()?.UsedBytes), "By", "Bytes taken in the image store");
        _meter.CreateObservableGauge(
            VisionTelemetry.Metrics.StoreCapacity, () => Only(fill()?.CapacityBytes), "By", "Bytes that the image store can take");
    }

    private static Measurement<long>[] Only(long? value) => value is { } known ? [new Measurement<long>(known)] : [];

    private IEnumerable<Measurement<long>> Stored() => _stored
        .Where(tenant => _time.GetElapsedTime(tenant.Value.At) < Freshness)
        .Select(static tenant => new Measurement<long>(
            tenant.Value.Bytes, new KeyValuePair<string, object?>(VisionTelemetry.Tenant, tenant.Key)));
}
