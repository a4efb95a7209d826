using System.Runtime.InteropServices;
using System.Text.Json;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tensors;

namespace VisionCluster.Gateway.OpenInference;

/// <summary>Tensors written as arrays of JSON, nested or flat.</summary>
internal static class TensorText
{
    private delegate bool ElementReader<T>(in Utf8JsonReader reader, out T value);

    /// <summary>Numbers to bytes, exactly as many as the shape claims.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>: too few, too many, or one that the type cannot hold.</exception>
    public static byte[] Read(string name, TensorDatatype datatype, int bytes, ReadOnlyMemory<byte> json)
    {
        var count = bytes / datatype.SizeOf();
        // A number and its comma take two characters at least: a claim beyond is refused before anything is allocated.
        if (((long)count * 2) - 1 > json.Length)
        {
            throw WrongCount(name, count);
        }

        var data = GC.AllocateUninitializedArray<byte>(bytes);
        var span = data.AsSpan();
        try
        {
            Fill(name, datatype, json.Span, span);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw VisionException.Invalid($"'data' of input '{name}' is not an array of numbers: {error.Message}");
        }

        return data;
    }

    private static void Fill(string name, TensorDatatype datatype, ReadOnlySpan<byte> json, Span<byte> data)
    {
        switch (datatype)
        {
            case TensorDatatype.Bool:
                Fill(name, datatype, json, data, static (in Utf8JsonReader reader, out byte value) =>
                {
                    value = reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0;
                    return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
                });
                break;
            case TensorDatatype.UInt8:
                Fill<byte>(name, datatype, json, data, static (in Utf8JsonReader reader, out byte value) => reader.TryGetByte(out value));
                break;
            case TensorDatatype.UInt16:
                Fill<ushort>(name, datatype, json, data, static (in Utf8JsonReader reader, out ushort value) => reader.TryGetUInt16(out value));
                break;
            case TensorDatatype.UInt32:
                Fill<uint>(name, datatype, json, data, static (in Utf8JsonReader reader, out uint value) => reader.TryGetUInt32(out value));
                break;
            case TensorDatatype.UInt64:
                Fill<ulong>(name, datatype, json, data, static (in Utf8JsonReader reader, out ulong value) => reader.TryGetUInt64(out value));
                break;
            case TensorDatatype.Int8:
                Fill<sbyte>(name, datatype, json, data, static (in Utf8JsonReader reader, out sbyte value) => reader.TryGetSByte(out value));
                break;
            case TensorDatatype.Int16:
                Fill<short>(name, datatype, json, data, static (in Utf8JsonReader reader, out short value) => reader.TryGetInt16(out value));
                break;
            case TensorDatatype.Int32:
                Fill<int>(name, datatype, json, data, static (in Utf8JsonReader reader, out int value) => reader.TryGetInt32(out value));
                break;
            case TensorDatatype.Int64:
                Fill<long>(name, datatype, json, data, static (in Utf8JsonReader reader, out long value) => reader.TryGetInt64(out value));
                break;
            case TensorDatatype.Fp16:
                Fill(name, datatype, json, data, static (in Utf8JsonReader reader, out Half value) =>
                {
                    var read = reader.TryGetDouble(out var number);
                    value = (Half)number;
                    return read && Half.IsFinite(value);
                });
                break;
            case TensorDatatype.Fp32:
                Fill(name, datatype, json, data, static (in Utf8JsonReader reader, out float value) =>
                    reader.TryGetSingle(out value) && float.IsFinite(value));
                break;
            default:
                Fill(name, datatype, json, data, static (in Utf8JsonReader reader, out double value) =>
                    reader.TryGetDouble(out value) && double.IsFinite(value));
                break;
        }
    }

    private static void Fill<T>(string name, TensorDatatype datatype, ReadOnlySpan<byte> json, Span<byte> data, ElementReader<T> read)
        where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(data);
        var reader = new Utf8JsonReader(json);
        var filled = 0;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.EndArray)
            {
                continue;
            }

            if (filled == values.Length)
            {
                throw WrongCount(name, values.Length);
            }

            if (!read(reader, out values[filled++]))
            {
                throw VisionException.Invalid($"'data' of input '{name}': element {filled - 1} is no {datatype.NameOf()}.");
            }
        }

        if (filled < values.Length)
        {
            throw WrongCount(name, values.Length);
        }
    }

    private static VisionException WrongCount(string name, int count) =>
        VisionException.Invalid($"'data' of input '{name}' must hold {count} elements, as its shape says.");
}
