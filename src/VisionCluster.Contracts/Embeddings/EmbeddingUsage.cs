using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>What a request's texts came to.</summary>
/// <param name="PromptTokens">Tokens of the texts, with their first and last.</param>
/// <param name="TotalTokens">The same.</param>
public sealed record EmbeddingUsage(
    [property: JsonPropertyName("prompt_tokens")] int PromptTokens,
    [property: JsonPropertyName("total_tokens")] int TotalTokens);
