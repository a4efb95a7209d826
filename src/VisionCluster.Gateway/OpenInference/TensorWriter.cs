using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Text.Json;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tensors;

namespace VisionCluster.Gateway.OpenInference;

/// <summary>Writes tensors as flat arrays of JSON, in pieces, so that no text of a whole tensor is held.</summary>
internal static class TensorWriter
{
    private const int ElementsAtOnce = 4096;

    /// <exception cref="VisionException"><c>InvalidRequest</c>: JSON has no word for NaN and infinity.</exception>
    public static void ThrowIfNotFinite(Tensor tensor)
    {
        var data = tensor.Data.Span;
        var finite = tensor.Datatype switch
        {
            TensorDatatype.Fp16 => AllFinite(MemoryMarshal.Cast<byte, Half>(data), Half.IsFinite),
            TensorDatatype.Fp32 => AllFinite(MemoryMarshal.Cast<byte, float>(data), float.IsFinite),
            TensorDatatype.Fp64 => AllFinite(MemoryMarshal.Cast<byte, double>(data), double.IsFinite),
            _ => true,
        };
        if (!finite)
        {
            throw VisionException.Invalid(
                $"Output '{tensor.Name}' holds NaN or infinity, which JSON cannot say; ask for it as binary data.");
        }
    }

    /// <summary>Writes an array, and sends it on where there is a pipe.</summary>
    public static async Task WriteAsync(Utf8JsonWriter writer, PipeWriter? pipe, Tensor tensor, CancellationToken cancellationToken)
    {
        writer.WriteStartArray();
        var step = ElementsAtOnce * tensor.Datatype.SizeOf();
        for (var start = 0; start < tensor.Data.Length; start += step)
        {
            WritePart(writer, tensor.Datatype, tensor.Data.Span[start..Math.Min(tensor.Data.Length, start + step)]);
            await writer.FlushAsync(cancellationToken);
            if (pipe is not null)
            {
                await pipe.FlushAsync(cancellationToken);
            }
        }

        writer.WriteEndArray();
    }

    private static void WritePart(Utf8JsonWriter writer, TensorDatatype datatype, ReadOnlySpan<byte> data)
    {
        switch (datatype)
        {
            case TensorDatatype.Bool:
                Each<byte>(data, writer, static (writer, value) => writer.WriteBooleanValue(value != 0));
                break;
            case TensorDatatype.UInt8:
                Each<byte>(data, writer, static (writer, value) => writer.WriteNumberValue((uint)value));
                break;
            case TensorDatatype.UInt16:
                Each<ushort>(data, writer, static (writer, value) => writer.WriteNumberValue((uint)value));
                break;
            case TensorDatatype.UInt32:
                Each<uint>(data, writer, static (writer, value) => writer.WriteNumberValue(value));
                break;
            case TensorDatatype.UInt64:
                Each<ulong>(data, writer, static (writer, value) => writer.WriteNumberValue(value));
                break;
            case TensorDatatype.Int8:
                Each<sbyte>(data, writer, static (writer, value) => writer.WriteNumberValue((int)value));
                break;
            case TensorDatatype.Int16:
                Each<short>(data, writer, static (writer, value) => writer.WriteNumberValue((int)value));
                break;
            case TensorDatatype.Int32:
                Each<int>(data, writer, static (writer, value) => writer.WriteNumberValue(value));
                break;
            case TensorDatatype.Int64:
                Each<long>(data, writer, static (writer, value) => writer.WriteNumberValue(value));
                break;
            case TensorDatatype.Fp16:
                Each<Half>(data, writer, static (writer, value) => writer.WriteNumberValue((float)value));
                break;
            case TensorDatatype.Fp32:
                Each<float>(data, writer, static (writer, value) => writer.WriteNumberValue(value));
                break;
            default:
                Each<double>(data, writer, static (writer, value) => writer.WriteNumberValue(value));
                break;
        }
    }

    private static void Each<T>(ReadOnlySpan<byte> data, Utf8JsonWriter writer, Action<Utf8JsonWriter, T> write)
        where T : unmanaged
    {
        foreach (var value in MemoryMarshal.Cast<byte, T>(data))
        {
            write(writer, value);
        }
    }

    private static bool AllFinite<T>(ReadOnlySpan<T> values, Func<T, bool> isFinite)
    {
        foreach (var value in values)
        {
            if (!isFinite(value))
            {
                return false;
            }
        }

        return true;
    }
}
