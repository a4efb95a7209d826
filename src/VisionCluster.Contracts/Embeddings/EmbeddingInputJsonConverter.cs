using System.Text.Json;
using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>Reads and writes <see cref="EmbeddingInput"/>.</summary>
public sealed class EmbeddingInputJsonConverter : JsonConverter<EmbeddingInput>
{
    /// <inheritdoc/>
    public override EmbeddingInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            var text = reader.GetString()!;
            return !DataUrl.Is(text)
                ? EmbeddingInput.OfText(text)
                : DataUrl.Decode(text) is { } bytes
                    ? EmbeddingInput.OfContent(bytes)
                    : throw new JsonException("An image's data URL must be data:image/...;base64, and its bytes.");
        }

        if (reader.TokenType == JsonTokenType.StartObject
            && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("image"u8)
            && reader.Read() && reader.TokenType == JsonTokenType.String && reader.GetString() is { } id
            && reader.Read() && reader.TokenType == JsonTokenType.EndObject)
        {
            return EmbeddingInput.OfImage(id);
        }

        throw new JsonException("An input is a text, a data:image/...;base64, URL, or {\"image\": \"id\"}.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, EmbeddingInput value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        if (value.Image is { } id)
        {
            writer.WriteStartObject();
            writer.WriteString("image"u8, id);
            writer.WriteEndObject();
        }
        else if (value.Text is { } text)
        {
            writer.WriteStringValue(text);
        }
        else
        {
            writer.WriteStringValue(DataUrl.Encode(value.Content.Span));
        }
    }
}
