using System.Text.RegularExpressions;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Contracts.Tenancy;

/// <summary>
/// Who a call is made for: 1 to 64 characters of <c>a-z A-Z 0-9 . _ -</c>, beginning with a letter or digit. It is
/// part of every grain key and cache key, so it can hold no separator of those.
/// </summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.TenantId")]
public readonly partial record struct TenantId
{
    /// <summary>The tenant of a server that asks for no credentials.</summary>
    public static readonly TenantId Default = new("default");

    /// <summary>Checks and keeps the name.</summary>
    /// <exception cref="VisionException"><see cref="VisionErrorCode.InvalidRequest"/>: not such a name.</exception>
    public TenantId(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Value = Pattern().IsMatch(value)
            ? value
            : throw VisionException.Invalid("A tenant's name has 1 to 64 letters, digits, '.', '_' or '-'.");
    }

    /// <summary>The name.</summary>
    [Id(0)]
    public string Value { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex Pattern();
}
