using VisionCluster.Contracts.Tensors;

namespace VisionCluster.Gateway.OpenInference;

/// <summary>A graph in the protocol's shape.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Versions">The one that is loaded.</param>
/// <param name="Platform">What runs it.</param>
/// <param name="Inputs">What it takes.</param>
/// <param name="Outputs">What it gives.</param>
internal sealed record ModelDescription(
    string Name,
    IReadOnlyList<string> Versions,
    string Platform,
    IReadOnlyList<TensorDescription> Inputs,
    IReadOnlyList<TensorDescription> Outputs)
{
    public static ModelDescription Of(GraphMetadata graph) => new(
        graph.Name,
        [graph.Version],
        GraphMetadata.Platform,
        [.. graph.Inputs.Select(TensorDescription.Of)],
        [.. graph.Outputs.Select(TensorDescription.Of)]);
}
