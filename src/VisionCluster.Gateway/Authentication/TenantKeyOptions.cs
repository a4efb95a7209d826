using System.ComponentModel.DataAnnotations;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Gateway.Authentication;

/// <summary>Who may call; section <c>Vision:Authentication</c>. Without a key everybody is the tenant <c>default</c>.</summary>
public sealed class TenantKeyOptions : IValidatableObject
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Authentication";

    private const int DigestLength = 64;

    /// <summary>
    /// A JSON file with more keys, such as a mounted secret: <c>{"keys": [{"tenant": "acme", "sha256": "..."}]}</c>. Looked
    /// at every second, so that a key is revoked without a restart. Empty: none.
    /// </summary>
    public string KeyFile { get; set; } = "";

    /// <summary>Keys that are let in.</summary>
    public IList<ApiKey> Keys { get; } = [];

    /// <summary>These options with more keys.</summary>
    internal TenantKeyOptions With(IEnumerable<ApiKey> more)
    {
        var all = new TenantKeyOptions { KeyFile = KeyFile };
        foreach (var key in Keys.Concat(more))
        {
            all.Keys.Add(key);
        }

        return all;
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var key in Keys)
        {
            if (key.Sha256.Length != DigestLength || !key.Sha256.All(char.IsAsciiHexDigit))
            {
                yield return new ValidationResult($"{Section}: a key's Sha256 must have {DigestLength} hexadecimal digits.");
            }

            if (Refusal(key.Tenant) is { } refusal)
            {
                yield return new ValidationResult($"{Section}: {refusal}");
            }
        }
    }

    private static string? Refusal(string tenant)
    {
        try
        {
            _ = new TenantId(tenant);
            return null;
        }
        catch (VisionException error)
        {
            return error.Message;
        }
    }
}
