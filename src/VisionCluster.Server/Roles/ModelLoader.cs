using VisionCluster.Inference.Devices;

namespace VisionCluster.Server.Roles;

/// <summary>
/// Loads and warms up the models before the silo joins the cluster, so that no session meets a cold device; from the
/// moment the server is told to leave, its devices are given no new session.
/// </summary>
internal sealed class ModelLoader(DeviceHosts devices, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() =>
        {
            foreach (var host in devices.All)
            {
                host.Drain();
            }
        });
        return devices.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
