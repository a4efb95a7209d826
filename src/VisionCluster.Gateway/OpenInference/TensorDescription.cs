using VisionCluster.Contracts.Tensors;

namespace VisionCluster.Gateway.OpenInference;

/// <summary>An input or output in the protocol's shape.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">Such as <c>FP32</c>.</param>
/// <param name="Shape">Its dimensions; -1 for one that is free.</param>
internal sealed record TensorDescription(string Name, string Datatype, IReadOnlyList<long> Shape)
{
    public static TensorDescription Of(TensorMetadata tensor) => new(tensor.Name, tensor.Datatype.NameOf(), tensor.Shape);
}
