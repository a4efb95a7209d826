using VisionCluster.Inference.Devices;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Server.Roles;

/// <summary>
/// Loads and warms up the models before the silo joins the cluster, so that no session meets a cold device.
/// </summary>
internal sealed class ModelLoader(
    DeviceHosts devices, LocalDevices found, IHostApplicationLifetime lifetime, ILogger<ModelLoader> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var remark in found.Remarks)
        {
            logger.DeviceMissing(remark);
        }

        lifetime.ApplicationStarted.Register(GiveBackMemory);
        return devices.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Starting leaves several times of what serving needs behind: self-tests, graphs before they were optimised.</summary>
    private static void GiveBackMemory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
    }
}
