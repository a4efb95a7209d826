using System.Collections.Concurrent;
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

    private readonly RescueList _list = new();

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
            var due = _list.Due(await epoch.ReadAsync(cancellationToken), sessions.Ids);
            if (due.Count > 0)
            {
                await RescueAsync(due, cancellationToken);
            }
        }
        catch (VisionException error) when (error.Code == VisionErrorCode.StoreUnavailable)
        {
            // Redis is away; whether it comes back empty is seen then.
        }
    }

    private async Task RescueAsync(IReadOnlyCollection<GrainId> ids, CancellationToken cancellationToken)
    {
        var (kept, again) = (0, new ConcurrentBag<GrainId>());
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
                again.Add(id);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                logger.RescueFailed(error);
            }
        });
        _list.Refused(again);
        if (kept > 0 || again.IsEmpty)
        {
            logger.Rescued(kept, ids.Count);
        }
    }
}
