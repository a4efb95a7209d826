using VisionCluster.Inference.Devices;

namespace VisionCluster.Server.Roles;

/// <summary>Loads and warms up the models before the silo joins the cluster, so that no session meets a cold device.</summary>
internal sealed class ModelLoader(DeviceHosts devices) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => devices.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
