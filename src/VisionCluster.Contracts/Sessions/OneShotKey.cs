using System.Globalization;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Contracts.Sessions;

/// <summary>Key of an <see cref="IOneShotGrain"/>: <c>tenant/n</c>. A tenant's calls are spread over several.</summary>
/// <param name="Tenant">Who calls.</param>
/// <param name="Number">0 to <see cref="Count"/> - 1.</param>
public readonly record struct OneShotKey(TenantId Tenant, int Number)
{
    /// <summary>How many a tenant's calls are spread over.</summary>
    public const int Count = 64;

    private static int _next;

    /// <summary>The next in turn.</summary>
    public static OneShotKey Next(TenantId tenant) => new(tenant, (int)((uint)Interlocked.Increment(ref _next) % Count));

    /// <summary>Reads a grain's key.</summary>
    public static OneShotKey FromGrainKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return new(new TenantId(key[..slash]), int.Parse(key.AsSpan(slash + 1), CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Tenant}/{Number}");
}
