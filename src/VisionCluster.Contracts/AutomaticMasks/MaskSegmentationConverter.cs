using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.AutomaticMasks;

/// <summary>Reads and writes segmentations in segment-anything's own JSON forms, and PNG as base64.</summary>
internal sealed class MaskSegmentationConverter : JsonConverter<MaskSegmentation>
{
    private const int PngWidth = 16;
    private const int PngHeight = 20;

    public override MaskSegmentation Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return OfPng(reader.GetBytesFromBase64());
        }

        using var document = JsonDocument.ParseValue(ref reader);
        try
        {
            int[] size = [.. document.RootElement.GetProperty("size").EnumerateArray().Select(side => side.GetInt32())];
            if (size.Length != 2)
            {
                throw new FormatException("A size has two numbers.");
            }

            var counts = document.RootElement.GetProperty("counts");
            return counts.ValueKind == JsonValueKind.String
                ? new MaskSegmentation(size) { Counts = counts.GetString() }
                : new MaskSegmentation(size) { Runs = counts.EnumerateArray().Select(run => run.GetUInt32()).ToArray() };
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException("A segmentation has a size and counts, or is a PNG in base64.", error);
        }
    }

    public override void Write(Utf8JsonWriter writer, MaskSegmentation value, JsonSerializerOptions options)
    {
        if (value.Png is { } png)
        {
            writer.WriteBase64StringValue(png.Span);
            return;
        }

        writer.WriteStartObject();
        writer.WriteStartArray("size");
        writer.WriteNumberValue(value.Size[0]);
        writer.WriteNumberValue(value.Size[1]);
        writer.WriteEndArray();
        if (value.Runs is { } runs)
        {
            writer.WriteStartArray("counts");
            foreach (var run in runs.Span)
            {
                writer.WriteNumberValue(run);
            }

            writer.WriteEndArray();
        }
        else
        {
            writer.WriteString("counts", value.Counts);
        }

        writer.WriteEndObject();
    }

    private static MaskSegmentation OfPng(byte[] png) => png.Length >= PngHeight + sizeof(int)
        ? new MaskSegmentation(
        [
            BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(PngHeight)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(PngWidth)),
        ])
        {
            Png = png,
        }
        : throw new JsonException("The segmentation is no PNG.");
}
