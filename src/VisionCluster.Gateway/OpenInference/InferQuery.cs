using VisionCluster.Contracts.Tensors;

namespace VisionCluster.Gateway.OpenInference;

/// <summary>An inference request as it came by either protocol.</summary>
/// <param name="Request">What is to run.</param>
/// <param name="Id">To be echoed.</param>
/// <param name="Parameters">Of the request as a whole.</param>
/// <param name="Binary">Outputs that are wanted as bytes; null: all of them.</param>
internal sealed record InferQuery(
    InferRequest Request, string? Id, IReadOnlyDictionary<string, object?> Parameters, IReadOnlySet<string>? Binary)
{
    public bool IsBinary(string output) => Binary is null || Binary.Contains(output);
}
