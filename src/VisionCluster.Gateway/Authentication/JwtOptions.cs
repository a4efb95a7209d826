using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;

namespace VisionCluster.Gateway.Authentication;

/// <summary>
/// Tokens (RFC 7519) that are let in beside keys; section <c>Vision:Authentication:Jwt</c>. Off until an authority or a
/// public key is named.
/// </summary>
public sealed class JwtOptions : IValidatableObject
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Authentication:Jwt";

    /// <summary>The OpenID provider whose metadata tells issuer and keys, such as <c>https://login.example.com/realms/vision</c>.</summary>
    public string Authority { get; set; } = "";

    /// <summary>Who tokens must be made for. Required where tokens are let in.</summary>
    public string Audience { get; set; } = "";

    /// <summary>Who tokens must be made by; needed with <see cref="PublicKeys"/>, told by the authority otherwise.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>RSA keys in PEM that tokens may be signed with, for providers without metadata.</summary>
    public IList<string> PublicKeys { get; } = [];

    /// <summary>Name of the claim that holds the tenant.</summary>
    [Required]
    public string TenantClaim { get; set; } = "tenant";

    /// <summary>Name of the claim that holds the caller's roles.</summary>
    [Required]
    public string RoleClaim { get; set; } = "roles";

    /// <summary>The role of operators of the cluster.</summary>
    [Required]
    public string OperatorRole { get; set; } = "visioncluster-operator";

    /// <summary>Whether the authority's metadata may come over HTTPS only.</summary>
    public bool RequireHttpsMetadata { get; set; } = true;

    /// <summary>Whether tokens are let in.</summary>
    public bool IsConfigured => Authority.Length > 0 || PublicKeys.Count > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsConfigured && Audience.Length == 0)
        {
            yield return new ValidationResult($"{Section}:{nameof(Audience)} must say who tokens are made for.");
        }

        if (PublicKeys.Count > 0 && Issuer.Length == 0)
        {
            yield return new ValidationResult($"{Section}:{nameof(Issuer)} must say who makes tokens.");
        }

        foreach (var key in PublicKeys.Where(static key => !IsPem(key)))
        {
            yield return new ValidationResult($"{Section}:{nameof(PublicKeys)} holds '{key[..Math.Min(key.Length, 30)]}...', which is no RSA key in PEM.");
        }
    }

    private static bool IsPem(string key)
    {
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(key);
            return true;
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
