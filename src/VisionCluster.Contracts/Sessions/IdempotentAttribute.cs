namespace VisionCluster.Contracts.Sessions;

/// <summary>
/// Marks a grain method that may run twice: the second run has no effect that the first did not have. Such a call is
/// made again when its silo was lost, so that callers do not see the loss.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IdempotentAttribute : Attribute;
