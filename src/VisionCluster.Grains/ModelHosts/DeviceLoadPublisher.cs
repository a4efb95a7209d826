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
    private static readonly TimeSpan LongestFirstReport = TimeSpan.FromSeconds(5);

    private TimeSpan _interval = ReportPace.Interval(0);

    /// <summary>Reports once before the server counts as started: whoever then asks what the cluster has finds this silo.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var report = ReportAsync();
        await Task.WhenAny(report, Task.Delay(LongestFirstReport, time, cancellationToken));
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await ReportAsync();
                timer.Period = _interval;
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task ReportAsync()
    {
        try
        {
            var directory = grains.GetGrain<IDeviceDirectoryGrain>(0);
            var devices = await directory.ReportAsync(silo.SiloAddress.ToParsableString(), hosts.Status());
            loads.Update(devices);
            _interval = ReportPace.Interval(devices.Count);
        }
        catch (Exception error)
        {
            // The directory moves when its silo dies; placement goes on with what it knows until the next report.
            logger.ReportFailed(error);
        }
    }
}
