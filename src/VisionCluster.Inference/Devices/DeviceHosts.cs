using System.Diagnostics.Metrics;

namespace VisionCluster.Inference.Devices;

/// <summary>The devices of a silo.</summary>
public sealed class DeviceHosts : IAsyncDisposable
{
    private readonly DeviceHost[] _hosts;
    private readonly DeviceInstruments _instruments;

    internal DeviceHosts(IEnumerable<DeviceHost> hosts, IMeterFactory meters)
    {
        _hosts = [.. hosts];
        _instruments = new DeviceInstruments(meters, _hosts);
    }

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<DeviceHost> All => _hosts;

    /// <summary>Loads every device's models.</summary>
    public Task StartAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_hosts.Select(host => host.StartAsync(cancellationToken)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _instruments.Dispose();
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }
}
