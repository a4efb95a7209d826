using System.Text.Json;
using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Classification;

/// <summary>Reads and writes <see cref="PromptTemplates"/> as a name or a list of sentences.</summary>
public sealed class PromptTemplatesJsonConverter : JsonConverter<PromptTemplates>
{
    /// <inheritdoc/>
    public override PromptTemplates Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.String => PromptTemplates.Named(reader.GetString()!),
            JsonTokenType.StartArray => PromptTemplates.FromList(
                JsonSerializer.Deserialize<string[]>(ref reader, options) ?? []),
            _ => throw new JsonException("'templates' is the name of a set or an array of sentences."),
        };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PromptTemplates value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        if (value.Name is not null)
        {
            writer.WriteStringValue(value.Name);
        }
        else
        {
            JsonSerializer.Serialize(writer, value.Own, options);
        }
    }
}
