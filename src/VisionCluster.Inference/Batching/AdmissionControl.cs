using System.Collections.Concurrent;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Inference.Batching;

/// <summary>
/// Counts what waits, exactly: never more than the capacity in all, never more than its share for one tenant, however
/// many threads ask at once. As the queue fills, bulk is refused first, then what programs wait for, people last.
/// </summary>
internal sealed class AdmissionControl(int capacity, double tenantShare, double onlineShare = 1, double bulkShare = 1)
{
    private readonly int _onlineCapacity = (int)Math.Ceiling(capacity * onlineShare);
    private readonly int _bulkCapacity = (int)Math.Ceiling(capacity * bulkShare);
    private readonly int _tenantCapacity = Math.Max(1, (int)(capacity * tenantShare));
    private readonly ConcurrentDictionary<string, int> _byTenant = new(StringComparer.Ordinal);
    private int _count;
    private long _microCost;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Cost of what waits.</summary>
    public double Cost => Volatile.Read(ref _microCost) / 1e6;

    public bool TryEnter(string tenant, double cost, RequestLane lane = RequestLane.Interactive)
    {
        if (Interlocked.Increment(ref _count) > CapacityOf(lane))
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        while (true)
        {
            if (!_byTenant.TryGetValue(tenant, out var waiting))
            {
                if (_byTenant.TryAdd(tenant, 1))
                {
                    Interlocked.Add(ref _microCost, Micro(cost));
                    return true;
                }
            }
            else if (waiting >= _tenantCapacity)
            {
                Interlocked.Decrement(ref _count);
                return false;
            }
            else if (_byTenant.TryUpdate(tenant, waiting + 1, waiting))
            {
                Interlocked.Add(ref _microCost, Micro(cost));
                return true;
            }
        }
    }

    public void Leave(string tenant, double cost)
    {
        while (_byTenant.TryGetValue(tenant, out var waiting))
        {
            var left = waiting == 1
                ? _byTenant.TryRemove(KeyValuePair.Create(tenant, 1))
                : _byTenant.TryUpdate(tenant, waiting - 1, waiting);
            if (left)
            {
                break;
            }
        }

        Interlocked.Add(ref _microCost, -Micro(cost));
        Interlocked.Decrement(ref _count);
    }

    private int CapacityOf(RequestLane lane) => lane switch
    {
        RequestLane.Interactive => capacity,
        RequestLane.Online => _onlineCapacity,
        _ => _bulkCapacity,
    };

    private static long Micro(double cost) => (long)(cost * 1e6);
}
