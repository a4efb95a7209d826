using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Gateway.Usage;

/// <summary>
/// Counts what tenants ask of this gateway and tells the cluster every few seconds: a request costs no call. What was not
/// told when a gateway is killed is lost; one that leaves in order tells all.
/// </summary>
internal sealed class UsageMeter(IGrainFactory grains, TimeProvider time, ILogger<UsageMeter> logger) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Dictionary<string, TenantCount> _counted = new(StringComparer.Ordinal);

    /// <summary>Counts one request.</summary>
    /// <param name="tenant">Who asked.</param>
    /// <param name="operation">For what; null where it was refused or failed.</param>
    /// <param name="bytes">Size of the body.</param>
    public void Count(string tenant, string? operation, long bytes)
    {
        lock (_gate)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counted, tenant, out _);
            (count ??= new TenantCount()).Add(operation, bytes);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TellAsync().WaitAsync(LastWord, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(
            static tick => tick.IsCompletedSuccessfully && tick.Result, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default))
        {
            await TellAsync();
        }
    }

    private async Task TellAsync()
    {
        Dictionary<string, TenantCount> counted;
        lock (_gate)
        {
            (counted, _counted) = (_counted, new(StringComparer.Ordinal));
        }

        foreach (var (tenant, count) in counted)
        {
            try
            {
                await grains.GetGrain<ITenantUsageGrain>(tenant).AddAsync(count.ToUsage());
            }
            catch (Exception error)
            {
                // Told with the next report: the store may be away, and requests go on without it.
                logger.NotTold(tenant, error);
                lock (_gate)
                {
                    if (_counted.TryGetValue(tenant, out var since))
                    {
                        count.Add(since);
                    }

                    _counted[tenant] = count;
                }
            }
        }
    }
}
