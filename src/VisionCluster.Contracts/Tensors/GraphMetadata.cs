namespace VisionCluster.Contracts.Tensors;

/// <summary>A graph of a loaded model: what the Open Inference Protocol calls a model.</summary>
/// <param name="Name">The model's name and the graph's role, such as <c>starter-clip.textEncoder</c>.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Inputs">What it takes.</param>
/// <param name="Outputs">What it gives.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.GraphMetadata")]
public sealed record GraphMetadata(
    [property: Id(0)] string Name,
    [property: Id(1)] string Version,
    [property: Id(2)] IReadOnlyList<TensorMetadata> Inputs,
    [property: Id(3)] IReadOnlyList<TensorMetadata> Outputs)
{
    /// <summary>Between the model's name and the graph's role; roles have none.</summary>
    public const char Separator = '.';

    /// <summary>What runs it, as Triton names it.</summary>
    public const string Platform = "onnxruntime_onnx";

    /// <summary>Takes a name apart; the role is empty where there is none.</summary>
    public static (string Model, string Role) Split(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var separator = name.LastIndexOf(Separator);
        return separator < 0 ? (name, "") : (name[..separator], name[(separator + 1)..]);
    }
}
