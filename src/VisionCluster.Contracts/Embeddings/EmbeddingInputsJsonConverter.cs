using System.Text.Json;
using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>One input or an array of them.</summary>
public sealed class EmbeddingInputsJsonConverter : JsonConverter<IReadOnlyList<EmbeddingInput>>
{
    /// <inheritdoc/>
    public override IReadOnlyList<EmbeddingInput> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.StartArray
            ? JsonSerializer.Deserialize<EmbeddingInput[]>(ref reader, options) ?? []
            : [JsonSerializer.Deserialize<EmbeddingInput>(ref reader, options)!];

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<EmbeddingInput> value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStartArray();
        foreach (var input in value)
        {
            JsonSerializer.Serialize(writer, input, options);
        }

        writer.WriteEndArray();
    }
}
