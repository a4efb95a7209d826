namespace VisionCluster.Contracts.Tensors;

/// <summary>
/// A tensor on its way to or from a graph. Its bytes are passed by reference inside a process and must not change until
/// the call that carries them has ended.
/// </summary>
/// <param name="Name">Of the graph's input or output.</param>
/// <param name="Datatype">Type of its elements.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Data">Its elements in row-major order, little-endian, without gaps.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.Tensor")]
public sealed record Tensor(
    [property: Id(0)] string Name,
    [property: Id(1)] TensorDatatype Datatype,
    [property: Id(2)] IReadOnlyList<long> Shape,
    [property: Id(3)] ReadOnlyMemory<byte> Data)
{
    /// <summary>Most dimensions.</summary>
    public const int MaxDimensions = 8;
}
