using System.Diagnostics.Metrics;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Inference.Devices;

/// <summary>Metrics of what the devices of a silo hold.</summary>
public sealed class DeviceInstruments : IDisposable
{
    private const string Kind = "vision.kind";

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
            "vision.device.held", () => hosts.SelectMany(Held), "By", "Bytes held on a device, by kind");
        _meter.CreateObservableGauge(
            "vision.device.budget",
            () => hosts.Select(host => new Measurement<long>(host.Memory.BudgetBytes, Device(host))),
            "By",
            "Bytes that models, masks and embeddings of a device may take together");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Held(DeviceHost host) =>
    [
        new(host.Memory.ModelBytes, Device(host), new(Kind, "models")),
        new(host.Embeddings.Bytes, Device(host), new(Kind, "embeddings")),
        new(host.Masks.Bytes, Device(host), new(Kind, "masks")),
    ];

    private static KeyValuePair<string, object?> Device(DeviceHost host) => new(VisionTelemetry.Device, host.Device.Name);
}
