using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>Texts and images to embed in a CLIP model's space, in the shape of OpenAI's embeddings API.</summary>
public sealed record EmbeddingsRequest
{
    /// <summary>Most inputs of one request, as OpenAI's API has it.</summary>
    public const int MaxInputs = 2048;

    /// <summary>Longest text, characters.</summary>
    public const int MaxTextLength = 4096;

    /// <summary>A CLIP model's name; null is the cluster's default.</summary>
    public string? Model { get; init; }

    /// <summary>1 to <see cref="MaxInputs"/> inputs.</summary>
    [JsonConverter(typeof(EmbeddingInputsJsonConverter))]
    public IReadOnlyList<EmbeddingInput> Input { get; init; } = [];

    /// <summary>How embeddings are sent back.</summary>
    [JsonPropertyName("encoding_format")]
    public EmbeddingEncoding EncodingFormat { get; init; }

    /// <summary>Whether a text of more tokens than the model's context is cut; else it is an error.</summary>
    public bool Truncate { get; init; }

    /// <summary>Accepted for clients that send it, and not used.</summary>
    public string? User { get; init; }

    /// <summary>Everything that is wrong with the request; empty where nothing is.</summary>
    public IReadOnlyList<string> Violations()
    {
        var found = new List<string>();
        if (Input is not { Count: >= 1 and <= MaxInputs })
        {
            found.Add($"'input' must hold 1 to {MaxInputs} inputs.");
        }
        else if (Input.Any(input => input is null || input.Text is { Length: 0 or > MaxTextLength }))
        {
            found.Add($"Each text must have 1 to {MaxTextLength} characters.");
        }

        return found;
    }
}
