using System.Text.RegularExpressions;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Contracts.Classification;

/// <summary>Key of an <see cref="ILabelSetGrain"/>: <c>tenant/name</c>.</summary>
/// <param name="Tenant">Owner.</param>
/// <param name="Name">1 to 64 characters <c>A-Z a-z 0-9 . _ -</c>, beginning with a letter or digit.</param>
public readonly partial record struct LabelSetKey(TenantId Tenant, string Name)
{
    /// <summary>Checks a caller's name.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>: not such a name.</exception>
    public static LabelSetKey FromCaller(TenantId tenant, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Pattern().IsMatch(name)
            ? new(tenant, name)
            : throw VisionException.Invalid("A label set's name has 1 to 64 letters, digits, '.', '_' or '-'.");
    }

    /// <summary>Reads a grain's key.</summary>
    public static LabelSetKey FromGrainKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return new(new TenantId(key[..slash]), key[(slash + 1)..]);
    }

    /// <summary>The error of a name that the tenant has no set of.</summary>
    public VisionException NotFound() => new(VisionErrorCode.LabelSetNotFound, $"There is no label set '{Name}'.");

    /// <inheritdoc/>
    public override string ToString() => $"{Tenant}/{Name}";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex Pattern();
}
