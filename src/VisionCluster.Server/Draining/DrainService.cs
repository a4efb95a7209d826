using Microsoft.Extensions.Options;
using VisionCluster.Grains.Sessions;
using VisionCluster.Inference.Devices;
using VisionCluster.Server.Clustering;

namespace VisionCluster.Server.Draining;

/// <summary>
/// What happens between SIGTERM and the end: not ready at once, a pause for load balancers, sessions handed over, queues
/// emptied; only then are connections closed and does the silo leave.
/// </summary>
internal sealed class DrainService(
    DeviceHosts devices,
    HandOver handOver,
    IHostApplicationLifetime lifetime,
    IOptions<DrainOptions> options,
    IOptions<VisionClusterOptions> cluster,
    TimeProvider time,
    ILogger<DrainService> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() =>
        {
            foreach (var host in devices.All)
            {
                host.Drain();
            }
        });
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.Notice + options.Value.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (cluster.Value.Provider != ClusterProvider.Localhost)
            {
                logger.Draining(options.Value.Notice.TotalSeconds);
                await Task.Delay(options.Value.Notice, time, either.Token);
            }

            await handOver.RunAsync(either.Token);
            while (devices.All.Any(host => host.Status("").Queued > 0))
            {
                await Task.Delay(Glance, time, either.Token);
            }
        }
        catch (OperationCanceledException)
        {
            logger.DrainBrokenOff();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
