namespace VisionCluster.Contracts.Tenancy;

/// <summary>What a tenant asked of the cluster, counted at its gateways.</summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.TenantUsage")]
public sealed record TenantUsage
{
    /// <summary>When counting began.</summary>
    [Id(0)]
    public DateTimeOffset Since { get; init; }

    /// <summary>Requests that were answered, by operation: the names of <c>/openapi/v1.json</c>.</summary>
    [Id(1)]
    public IReadOnlyDictionary<string, long> Operations { get; init; } = new Dictionary<string, long>();

    /// <summary>Requests that were refused or failed (status 400 and above).</summary>
    [Id(2)]
    public long Refused { get; init; }

    /// <summary>Bytes of the bodies that were sent.</summary>
    [Id(3)]
    public long BytesSent { get; init; }

    /// <summary>Both together, since the earlier of them.</summary>
    public TenantUsage Plus(TenantUsage more)
    {
        ArgumentNullException.ThrowIfNull(more);
        var operations = new Dictionary<string, long>(Operations, StringComparer.Ordinal);
        foreach (var (operation, count) in more.Operations)
        {
            operations[operation] = operations.GetValueOrDefault(operation) + count;
        }

        return this with { Operations = operations, Refused = Refused + more.Refused, BytesSent = BytesSent + more.BytesSent };
    }
}
