using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VisionCluster.Contracts.Errors;
using VisionCluster.Grains.Redis;

namespace VisionCluster.Grains.Sessions;

/// <summary>
/// Writes this silo's live sessions again after Redis was emptied, a second or so later: from then on they outlive
/// their silo as before.
/// </summary>
internal sealed class SessionRescue(
    StoreEpoch epoch, LocalSessions sessions, IGrainFactory grains, TimeProvider time, ILogger<SessionRescue> logger) : BackgroundService
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private string? _known;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Glance, time);
        try
        {
            do
            {
                await LookAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = await epoch.ReadAsync(cancellationToken);
            if (_known is null || _known == now || await RescueAsync(cancellationToken))
            {
                _known = now;
            }
        }
        catch (VisionException error) when (error.Code == VisionErrorCode.StoreUnavailable)
        {
            // Redis is away; whether it comes back empty is seen then.
        }
    }

    /// <summary>False where the store refused some for the moment: they are tried again.</summary>
    private async Task<bool> RescueAsync(CancellationToken cancellationToken)
    {
        var ids = sessions.Ids;
        var (kept, again) = (0, 0);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(ids, options, async (id, stop) =>
        {
            try
            {
                if (await grains.GetGrain(id).AsReference<IStoredSession>().KeepAgainAsync(stop))
                {
                    Interlocked.Increment(ref kept);
                }
            }
            catch (VisionException error) when (error.Code == VisionErrorCode.StoreUnavailable)
            {
                Interlocked.Increment(ref again);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                logger.RescueFailed(error);
            }
        });
        if (again > 0)
        {
            return false;
        }

        logger.Rescued(kept, ids.Count);
        return true;
    }
}
