using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>Embeddings of what a call gave.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Rows">A row of length 1 each.</param>
/// <param name="Tokens">Tokens of the texts, with their first and last; 0 for images.</param>
/// <param name="Timings">Where the time went.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.EmbeddedInputs")]
public sealed record EmbeddedInputs(
    [property: Id(0)] string Model,
    [property: Id(1)] LabelEmbeddings Rows,
    [property: Id(2)] int Tokens,
    [property: Id(3)] StageTimings Timings);
