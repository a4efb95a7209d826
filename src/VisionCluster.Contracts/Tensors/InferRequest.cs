namespace VisionCluster.Contracts.Tensors;

/// <summary>
/// Tensors for one graph, as they are: no picture is decoded, nothing is scaled or normalised. Where all inputs have the
/// graph's batch as their first dimension, each row queues by itself and shares runs with other callers' rows.
/// </summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.InferRequest")]
public sealed record InferRequest
{
    /// <summary>Most bytes of all inputs together, and of all outputs.</summary>
    public const int MaxBytes = 32 << 20;

    /// <summary>Most inputs, and most outputs.</summary>
    public const int MaxTensors = 64;

    /// <summary>Which graph: <see cref="GraphMetadata.Name"/>.</summary>
    [Id(0)]
    public required string Graph { get; init; }

    /// <summary>Version that the model must have; null for any.</summary>
    [Id(1)]
    public string? Version { get; init; }

    /// <summary>All inputs of the graph.</summary>
    [Id(2)]
    public required IReadOnlyList<Tensor> Inputs { get; init; }

    /// <summary>Outputs that are wanted, in this order; none: all of them.</summary>
    [Id(3)]
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>What is wrong with the request in itself, whatever the graph.</summary>
    public IReadOnlyList<string> Violations() => InferRequestRules.Violations(this);
}
