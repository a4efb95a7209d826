using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Contracts.Tenancy;

/// <summary>What tenants may ask; section <c>Vision:Limits</c>. Limits hold for the cluster, whichever gateways are asked.</summary>
public sealed class TenantLimitOptions : IValidatableObject
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Limits";

    /// <summary>For tenants without limits of their own.</summary>
    public TenantLimits Default { get; } = new();

    /// <summary>Limits of some tenants.</summary>
    public IDictionary<string, TenantLimits> Tenants { get; } = new Dictionary<string, TenantLimits>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var limits in Tenants.Values.Prepend(Default))
        {
            var found = new List<ValidationResult>();
            Validator.TryValidateObject(limits, new ValidationContext(limits), found, validateAllProperties: true);
            foreach (var violation in found)
            {
                yield return new ValidationResult($"{Section}: {violation.ErrorMessage}");
            }
        }
    }

    /// <summary>The limits of a tenant.</summary>
    public TenantLimits Of(string tenant) => Tenants.TryGetValue(tenant, out var own) ? own : Default;
}
