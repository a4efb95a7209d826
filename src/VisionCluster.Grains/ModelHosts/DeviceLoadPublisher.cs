using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Grains.Placement;

namespace VisionCluster.Grains.ModelHosts;

/// <summary>Tells the cluster this silo's load at <see cref="ReportPace"/> and takes everybody's from the answer.</summary>
internal sealed class DeviceLoadPublisher(
    IGrainFactory grains,
    ILocalSiloDetails silo,
    LocalHosts hosts,
    DeviceLoads loads,
    TimeProvider time,
    ILogger<DeviceLoadPublisher> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = ReportPace.Interval(0);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var directory = grains.GetGrain<IDeviceDirectoryGrain>(0);
                var devices = await directory.ReportAsync(silo.SiloAddress.ToParsableString(), hosts.Status());
                loads.Update(devices);
                interval = ReportPace.Interval(devices.Count);
                await Task.Delay(interval, time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error)
            {
                // The directory moves when its silo dies; placement goes on with what it knows until the next report.
                logger.ReportFailed(error);
                await Task.Delay(interval, time, CancellationToken.None);
            }
        }
    }
}
