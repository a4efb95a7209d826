using VisionCluster.Contracts.Errors;

namespace VisionCluster.Contracts.ModelHosts;

/// <summary>What an operator's order came to on one device.</summary>
/// <param name="Host">Silo and device.</param>
/// <param name="Code">Why it failed; null where it was done.</param>
/// <param name="Detail">The same in words.</param>
public sealed record DeviceOutcome(string Host, VisionErrorCode? Code = null, string? Detail = null);
