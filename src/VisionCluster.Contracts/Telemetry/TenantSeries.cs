using System.Collections.Concurrent;

namespace VisionCluster.Contracts.Telemetry;

/// <summary>
/// Bounds the series that tenants make: the first so many have one of their own, all later ones share one. Thread-safe.
/// </summary>
/// <param name="capacity">Tenants with a series of their own.</param>
public sealed class TenantSeries(int capacity)
{
    /// <summary>The series of all tenants that have none of their own; no tenant has this name.</summary>
    public const string Others = "(others)";

    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The name under which a tenant is counted.</summary>
    public string Of(string tenant)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        if (_names.TryGetValue(tenant, out var known))
        {
            return known;
        }

        if (Volatile.Read(ref _count) >= capacity)
        {
            return Others;
        }

        if (Interlocked.Increment(ref _count) > capacity)
        {
            return Others;
        }

        if (!_names.TryAdd(tenant, tenant))
        {
            Interlocked.Decrement(ref _count);
        }

        return tenant;
    }
}
