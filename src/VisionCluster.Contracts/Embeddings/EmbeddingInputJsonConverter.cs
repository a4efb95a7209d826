using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>Reads and writes <see cref="EmbeddingInput"/>.</summary>
public sealed class EmbeddingInputJsonConverter : JsonConverter<EmbeddingInput>
{
    private const string DataPrefix = "data:image/";
    private const string Base64Marker = ";base64,";

    /// <inheritdoc/>
    public override EmbeddingInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            var text = reader.GetString()!;
            return text.StartsWith(DataPrefix, StringComparison.OrdinalIgnoreCase)
                ? EmbeddingInput.OfContent(Decode(text))
                : EmbeddingInput.OfText(text);
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
            writer.WriteStringValue($"{DataPrefix}*{Base64Marker}{Convert.ToBase64String(value.Content.Span)}");
        }
    }

    private static byte[] Decode(string url)
    {
        var marker = url.IndexOf(Base64Marker, StringComparison.OrdinalIgnoreCase);
        var encoded = Encoding.ASCII.GetBytes(marker < 0 ? "" : url[(marker + Base64Marker.Length)..]);
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        return encoded.Length > 0
            && Base64.DecodeFromUtf8(encoded, bytes, out var read, out var written) == System.Buffers.OperationStatus.Done
            && read == encoded.Length
            ? bytes[..written]
            : throw new JsonException("An image's data URL must be data:image/...;base64, and its bytes.");
    }
}
