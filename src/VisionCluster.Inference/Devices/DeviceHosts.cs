using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Devices;

/// <summary>The devices of a silo.</summary>
public sealed class DeviceHosts : IAsyncDisposable
{
    private readonly Dictionary<string, DeviceHost> _hosts;

    internal DeviceHosts(IEnumerable<DeviceHost> hosts) =>
        _hosts = hosts.ToDictionary(host => host.Device.Name, StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<DeviceHost> All => _hosts.Values;

    /// <summary>The device of a name.</summary>
    /// <exception cref="VisionException"><c>DeviceFailed</c>: this silo has none such.</exception>
    public DeviceHost this[string name] => _hosts.TryGetValue(name, out var host)
        ? host
        : throw new VisionException(VisionErrorCode.DeviceFailed, $"This silo has no device '{name}'.");

    /// <summary>Loads every device's models.</summary>
    public Task StartAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_hosts.Values.Select(host => host.StartAsync(cancellationToken)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Values)
        {
            await host.DisposeAsync();
        }
    }
}
