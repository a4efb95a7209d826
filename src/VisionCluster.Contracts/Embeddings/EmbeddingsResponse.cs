using System.Text.Json.Serialization;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>The answer to an <see cref="EmbeddingsRequest"/>.</summary>
/// <param name="Data">An embedding for each input, in order.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Usage">What was read.</param>
public sealed record EmbeddingsResponse(IReadOnlyList<EmbeddingData> Data, string Model, EmbeddingUsage Usage)
{
    /// <summary>Always <c>list</c>.</summary>
    [JsonPropertyName("object")]
    public string Kind { get; init; } = "list";

    /// <summary>Where the time went; over HTTP the <c>Server-Timing</c> header.</summary>
    [JsonIgnore]
    public StageTimings Timings { get; init; } = StageTimings.Zero;
}
