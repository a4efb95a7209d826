using System.Diagnostics.Metrics;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Inference.Devices;

/// <summary>Metrics of what the devices of a silo hold and do.</summary>
public sealed class DeviceInstruments : IDisposable
{
    private static readonly DeviceState[] States = Enum.GetValues<DeviceState>();

    private readonly Meter _meter;

    /// <summary>Declares the instruments.</summary>
    /// <param name="meters">Where they show.</param>
    /// <param name="hosts">The devices.</param>
    public DeviceInstruments(IMeterFactory meters, IReadOnlyList<DeviceHost> hosts)
    {
        ArgumentNullException.ThrowIfNull(meters);
        ArgumentNullException.ThrowIfNull(hosts);
        _meter = meters.Create(VisionTelemetry.Name);
        _meter.CreateObservableGauge(
            VisionTelemetry.Metrics.DeviceHeld, () => hosts.SelectMany(Held), "By", "Bytes held on a device, by kind");
        _meter.CreateObservableGauge(
            VisionTelemetry.Metrics.DeviceBudget,
            () => Each(hosts, static host => host.Memory.BudgetBytes),
            "By",
            "Bytes that models, masks and embeddings of a device may take together");
        _meter.CreateObservableGauge(
            VisionTelemetry.Metrics.DeviceBusy,
            () => Each(hosts, static host => host.BusyFraction),
            "1",
            "Share of the last seconds in which a device ran");
        _meter.CreateObservableGauge(
            VisionTelemetry.Metrics.DeviceQueue,
            () => Each(hosts, static host => host.QueueSeconds),
            "s",
            "Estimated seconds until what waits for a device has run");
        _meter.CreateObservableGauge(
            VisionTelemetry.Metrics.DeviceState, () => hosts.SelectMany(InStates), null, "1 for the state that a device is in");
        _meter.CreateObservableCounter(
            VisionTelemetry.Metrics.DeviceLost, () => Each(hosts, static host => host.Losses), "{loss}", "Times that a device was lost");
        _meter.CreateObservableCounter(
            VisionTelemetry.Metrics.ImagesEncoded,
            () => Each(hosts, static host => host.ImagesEncoded),
            "{image}",
            "Images that a device's encoders ran on");
        _meter.CreateObservableCounter(
            VisionTelemetry.Metrics.TenantDeviceTime,
            () => hosts.SelectMany(static host => host.TenantTimes.Seconds).GroupBy(static time => time.Key, StringComparer.Ordinal)
                .Select(static tenant => new Measurement<double>(
                    tenant.Sum(static time => time.Value), new KeyValuePair<string, object?>(VisionTelemetry.Tenant, tenant.Key))),
            "s",
            "Device time by tenant");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<T>> Each<T>(IReadOnlyList<DeviceHost> hosts, Func<DeviceHost, T> value)
        where T : struct => hosts.Select(host => new Measurement<T>(value(host), Device(host)));

    private static IEnumerable<Measurement<int>> InStates(DeviceHost host) => States.Select(
        state => new Measurement<int>(host.State == state ? 1 : 0, Device(host), new(VisionTelemetry.State, state.ToString())));

    private static IEnumerable<Measurement<long>> Held(DeviceHost host) =>
    [
        new(host.Memory.ModelBytes, Device(host), new(VisionTelemetry.Kind, "models")),
        new(host.Embeddings.Bytes, Device(host), new(VisionTelemetry.Kind, "embeddings")),
        new(host.Masks.Bytes, Device(host), new(VisionTelemetry.Kind, "masks")),
    ];

    private static KeyValuePair<string, object?> Device(DeviceHost host) => new(VisionTelemetry.Device, host.Device.Name);
}
