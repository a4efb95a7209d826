using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>The embedding of one input.</summary>
/// <param name="Index">Place of the input in the request.</param>
/// <param name="Embedding">Of length 1.</param>
public sealed record EmbeddingData(
    int Index, [property: JsonConverter(typeof(EmbeddingVectorJsonConverter))] EmbeddingVector Embedding)
{
    /// <summary>Always <c>embedding</c>.</summary>
    [JsonPropertyName("object")]
    public string Kind { get; init; } = "embedding";
}
