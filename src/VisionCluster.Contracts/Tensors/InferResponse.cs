using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Contracts.Tensors;

/// <summary>A graph's outputs.</summary>
/// <param name="Graph">The graph's name.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Outputs">In the order in which they were asked for. Numbers are the graph's own, NaN and infinity too.</param>
/// <param name="Timings">Where the time went.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.InferResponse")]
public sealed record InferResponse(
    [property: Id(0)] string Graph,
    [property: Id(1)] string Version,
    [property: Id(2)] IReadOnlyList<Tensor> Outputs,
    [property: Id(3)] StageTimings Timings);
