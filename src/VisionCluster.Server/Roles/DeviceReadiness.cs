using Microsoft.Extensions.Diagnostics.HealthChecks;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Inference.Devices;

namespace VisionCluster.Server.Roles;

/// <summary>Ready while the server has started, is not leaving, and has no device or one that takes work.</summary>
internal sealed class DeviceReadiness(DeviceHosts devices, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!lifetime.ApplicationStarted.IsCancellationRequested)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy("Models are being loaded."));
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy("The server is leaving."));
        }

        return Task.FromResult(devices.All.Count == 0 || devices.All.Any(host => host.State == DeviceState.Ready)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("No device takes work."));
    }
}
