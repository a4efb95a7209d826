using System.Text.Json;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tensors;

namespace VisionCluster.Gateway.OpenInference;

/// <summary>
/// Reads the JSON object of an inference request in one pass, without a tree: numbers of tensors are skipped, to be read
/// once their type is known. Members that the protocol does not know are left to those who send them.
/// </summary>
internal static class InferDocumentReader
{
    private const int MaxParameters = 64;

    private delegate void MemberReader<T>(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, string name, T target);

    /// <exception cref="VisionException"><c>InvalidRequest</c>.</exception>
    public static InferDocument Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            reader.Read();
            var document = ReadObject<InferDocument>(ref reader, json, ReadMember);
            return reader.Read() ? throw new JsonException("Something follows the object.") : document;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw VisionException.Invalid($"The body is not the JSON of an inference request: {error.Message}");
        }
    }

    private static void ReadMember(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, string name, InferDocument target)
    {
        switch (name)
        {
            case "id":
                target.Id = reader.GetString();
                break;
            case "parameters":
                target.Parameters = ReadParameters(ref reader);
                break;
            case "inputs":
                ReadArray<InferInput>(ref reader, json, ReadMember, target.Inputs);
                break;
            case "outputs":
                ReadArray<InferOutput>(ref reader, json, ReadMember, target.Outputs);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static void ReadMember(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, string name, InferInput target)
    {
        switch (name)
        {
            case "name":
                target.Name = reader.GetString();
                break;
            case "datatype":
                target.Datatype = reader.GetString();
                break;
            case "shape":
                target.Shape = ReadShape(ref reader);
                break;
            case "parameters":
                target.Parameters = ReadParameters(ref reader);
                break;
            case "data":
                Expect(reader, JsonTokenType.StartArray, "'data' must be an array.");
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                target.Data = json[start..(int)reader.BytesConsumed];
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static void ReadMember(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, string name, InferOutput target)
    {
        switch (name)
        {
            case "name":
                target.Name = reader.GetString();
                break;
            case "parameters":
                target.Parameters = ReadParameters(ref reader);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static T ReadObject<T>(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, MemberReader<T> read)
        where T : new()
    {
        Expect(reader, JsonTokenType.StartObject, "An object is expected.");
        var target = new T();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            read(ref reader, json, name, target);
        }

        return target;
    }

    private static void ReadArray<T>(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, MemberReader<T> read, List<T> target)
        where T : new()
    {
        Expect(reader, JsonTokenType.StartArray, "'inputs' and 'outputs' must be arrays.");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (target.Count == InferRequest.MaxTensors)
            {
                throw new JsonException($"There may be at most {InferRequest.MaxTensors} tensors.");
            }

            target.Add(ReadObject(ref reader, json, read));
        }
    }

    private static List<long> ReadShape(ref Utf8JsonReader reader)
    {
        Expect(reader, JsonTokenType.StartArray, "'shape' must be an array.");
        var shape = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (shape.Count == Tensor.MaxDimensions)
            {
                throw new JsonException($"A shape may have at most {Tensor.MaxDimensions} dimensions.");
            }

            shape.Add(reader.GetInt64());
        }

        return shape;
    }

    private static Dictionary<string, object?> ReadParameters(ref Utf8JsonReader reader)
    {
        Expect(reader, JsonTokenType.StartObject, "'parameters' must be an object.");
        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (parameters.Count == MaxParameters)
            {
                throw new JsonException($"There may be at most {MaxParameters} parameters.");
            }

            var name = reader.GetString()!;
            reader.Read();
            parameters[name] = reader.TokenType switch
            {
                JsonTokenType.Number => reader.TryGetInt64(out var number) ? (object)number : reader.GetDouble(),
                JsonTokenType.True => true,
                JsonTokenType.False => false,
                JsonTokenType.String => reader.GetString(),
                _ => null,
            };
            reader.Skip();
        }

        return parameters;
    }

    private static void Expect(in Utf8JsonReader reader, JsonTokenType type, string message)
    {
        if (reader.TokenType != type)
        {
            throw new JsonException(message);
        }
    }
}
