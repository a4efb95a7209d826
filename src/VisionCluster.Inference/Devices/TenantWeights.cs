using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Inference.Devices;

/// <summary>Shares of a busy device; section <c>Vision:Tenants</c>.</summary>
public sealed class TenantWeights : IValidatableObject
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Tenants";

    /// <summary>A tenant's weight by name, greater than 0; 1 where none is set.</summary>
    public IDictionary<string, double> Weights { get; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>The weight of a tenant.</summary>
    public double Of(string tenant) => Weights.TryGetValue(tenant, out var weight) ? weight : 1;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Weights
        .Where(pair => !(pair.Value > 0) || !double.IsFinite(pair.Value))
        .Select(pair => new ValidationResult($"Vision:Tenants:Weights:{pair.Key} must be greater than 0."));
}
