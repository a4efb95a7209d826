using System.Text.Json;
using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Detection;

/// <summary>Reads and writes a <see cref="PixelBox"/> as an array of four numbers.</summary>
public sealed class PixelBoxJsonConverter : JsonConverter<PixelBox>
{
    /// <inheritdoc/>
    public override PixelBox Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("A box is an array of four numbers, [x0, y0, x1, y1].");
        }

        Span<double> edges = stackalloc double[4];
        for (var i = 0; i < edges.Length; i++)
        {
            edges[i] = reader.Read() && reader.TokenType == JsonTokenType.Number
                ? reader.GetDouble()
                : throw new JsonException("A box is an array of four numbers, [x0, y0, x1, y1].");
        }

        return reader.Read() && reader.TokenType == JsonTokenType.EndArray
            ? new PixelBox(edges[0], edges[1], edges[2], edges[3])
            : throw new JsonException("A box has no more than four numbers.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PixelBox value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartArray();
        writer.WriteNumberValue(value.X0);
        writer.WriteNumberValue(value.Y0);
        writer.WriteNumberValue(value.X1);
        writer.WriteNumberValue(value.Y1);
        writer.WriteEndArray();
    }
}
