using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Gateway.Usage;

/// <summary>What one tenant asked of this gateway since it was told last. Not thread-safe.</summary>
internal sealed class TenantCount
{
    private readonly Dictionary<string, long> _operations = new(StringComparer.Ordinal);
    private long _refused;
    private long _bytes;

    /// <summary>Counts one request; without an operation it was refused or failed.</summary>
    public void Add(string? operation, long bytes)
    {
        _bytes += bytes;
        if (operation is null)
        {
            _refused++;
        }
        else
        {
            _operations[operation] = _operations.GetValueOrDefault(operation) + 1;
        }
    }

    /// <summary>Counts what another counted.</summary>
    public void Add(TenantCount other)
    {
        _refused += other._refused;
        _bytes += other._bytes;
        foreach (var (operation, count) in other._operations)
        {
            _operations[operation] = _operations.GetValueOrDefault(operation) + count;
        }
    }

    /// <summary>As it is told to the cluster.</summary>
    public TenantUsage ToUsage() => new() { Operations = _operations, Refused = _refused, BytesSent = _bytes };
}
