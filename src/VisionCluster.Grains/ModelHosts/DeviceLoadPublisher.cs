using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Grains.Placement;

namespace VisionCluster.Grains.ModelHosts;

/// <summary>Tells the cluster this silo's load every second and takes everybody's from the answer.</summary>
internal sealed class DeviceLoadPublisher(
    IGrainFactory grains,
    ILocalSiloDetails silo,
    LocalHosts hosts,
    DeviceLoads loads,
    TimeProvider time,
    ILogger<DeviceLoadPublisher> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var directory = grains.GetGrain<IDeviceDirectoryGrain>(0);
                loads.Update(await directory.ReportAsync(silo.SiloAddress.ToParsableString(), hosts.Status()));
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error)
            {
                // The directory moves when its silo dies; placement goes on with what it knows until the next report.
                logger.ReportFailed(error);
                await Task.Delay(Interval, time, CancellationToken.None);
            }
        }
    }
}
