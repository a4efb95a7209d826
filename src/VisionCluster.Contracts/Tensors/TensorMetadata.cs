namespace VisionCluster.Contracts.Tensors;

/// <summary>An input or output as its graph declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">Type of its elements.</param>
/// <param name="Shape">Its dimensions; -1 for one that is free.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.TensorMetadata")]
public sealed record TensorMetadata(
    [property: Id(0)] string Name, [property: Id(1)] TensorDatatype Datatype, [property: Id(2)] IReadOnlyList<long> Shape);
