namespace VisionCluster.Gateway.OpenInference;

/// <summary>Why a request was refused or failed.</summary>
/// <param name="Error">In words.</param>
internal sealed record InferError(string Error);
