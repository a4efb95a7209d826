using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace VisionCluster.Grains.Images;

/// <summary>Removes expired files now and then. Silos that share a folder may do it twice; the second finds nothing.</summary>
internal sealed class ImageSweep(
    FileImageStore files, IOptions<ImageStoreOptions> options, TimeProvider time, ILogger<ImageSweep> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                logger.Swept(await Task.Run(() => files.Sweep(stoppingToken), stoppingToken));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                logger.SweepFailed(error);
            }
        }
    }
}
