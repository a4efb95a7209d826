using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>An embedding as an array of numbers or as base64 of little-endian float32.</summary>
public sealed class EmbeddingVectorJsonConverter : JsonConverter<EmbeddingVector>
{
    /// <inheritdoc/>
    public override EmbeddingVector Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return new EmbeddingVector(JsonSerializer.Deserialize<float[]>(ref reader, options) ?? []);
        }

        var bytes = reader.GetBytesFromBase64();
        return bytes.Length % sizeof(float) == 0
            ? new EmbeddingVector(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), EmbeddingEncoding.Base64)
            : throw new JsonException("The embedding's bytes are no whole float32 numbers.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, EmbeddingVector value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value.Encoding == EmbeddingEncoding.Base64)
        {
            writer.WriteBase64StringValue(MemoryMarshal.AsBytes(value.Values.Span));
            return;
        }

        writer.WriteStartArray();
        foreach (var number in value.Values.Span)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }
}
