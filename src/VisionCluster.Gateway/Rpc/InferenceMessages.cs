using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tensors;
using VisionCluster.Gateway.OpenInference;
using VisionCluster.Gateway.Rpc.Inference;
using InferTensor = VisionCluster.Gateway.Rpc.Inference.ModelInferRequest.Types.InferInputTensor;

namespace VisionCluster.Gateway.Rpc;

/// <summary>Messages of the Open Inference Protocol to and from ours. Raw tensors are taken and given without a copy.</summary>
internal static class InferenceMessages
{
    /// <exception cref="VisionException"><c>InvalidRequest</c>.</exception>
    public static InferQuery ToQuery(ModelInferRequest message)
    {
        if (message.Inputs.Count > InferRequest.MaxTensors || message.Outputs.Count > InferRequest.MaxTensors)
        {
            throw VisionException.Invalid($"There may be at most {InferRequest.MaxTensors} tensors.");
        }

        var raw = message.RawInputContents;
        if (raw.Count > 0 && raw.Count != message.Inputs.Count)
        {
            throw VisionException.Invalid($"'raw_input_contents' holds {raw.Count} tensors for {message.Inputs.Count} inputs.");
        }

        var parameters = ToParameters(message.Parameters);
        InferParameters.Refuse(parameters);
        foreach (var output in message.Outputs)
        {
            InferParameters.Refuse(ToParameters(output.Parameters));
        }

        var request = new InferRequest
        {
            Graph = message.ModelName,
            Version = message.ModelVersion.Length > 0 ? message.ModelVersion : null,
            Inputs = [.. message.Inputs.Select((input, i) => ToTensor(input, raw.Count > 0 ? raw[i] : null))],
            Outputs = [.. message.Outputs.Select(output => output.Name)],
        };
        VisionException.ThrowIfAny(request.Violations());
        return new InferQuery(request, message.Id, parameters, Binary: null);
    }

    public static ModelInferResponse ToMessage(InferResponse response, InferQuery query)
    {
        var message = new ModelInferResponse { ModelName = response.Graph, ModelVersion = response.Version, Id = query.Id };
        foreach (var output in response.Outputs)
        {
            message.Outputs.Add(new ModelInferResponse.Types.InferOutputTensor
            {
                Name = output.Name,
                Datatype = output.Datatype.NameOf(),
                Shape = { output.Shape },
            });
            message.RawOutputContents.Add(UnsafeByteOperations.UnsafeWrap(output.Data));
        }

        return message;
    }

    public static ModelMetadataResponse ToMessage(GraphMetadata graph) => new()
    {
        Name = graph.Name,
        Versions = { graph.Version },
        Platform = GraphMetadata.Platform,
        Inputs = { graph.Inputs.Select(ToMessage) },
        Outputs = { graph.Outputs.Select(ToMessage) },
    };

    private static ModelMetadataResponse.Types.TensorMetadata ToMessage(TensorMetadata tensor) =>
        new() { Name = tensor.Name, Datatype = tensor.Datatype.NameOf(), Shape = { tensor.Shape } };

    private static Dictionary<string, object?> ToParameters(MapField<string, InferParameter> parameters) => parameters.ToDictionary(
        static pair => pair.Key,
        static object? (pair) => pair.Value.ParameterChoiceCase switch
        {
            InferParameter.ParameterChoiceOneofCase.BoolParam => pair.Value.BoolParam,
            InferParameter.ParameterChoiceOneofCase.Int64Param => pair.Value.Int64Param,
            InferParameter.ParameterChoiceOneofCase.StringParam => pair.Value.StringParam,
            InferParameter.ParameterChoiceOneofCase.DoubleParam => pair.Value.DoubleParam,
            InferParameter.ParameterChoiceOneofCase.Uint64Param => pair.Value.Uint64Param,
            _ => null,
        },
        StringComparer.Ordinal);

    private static Tensor ToTensor(InferTensor input, ByteString? raw)
    {
        InferParameters.Refuse(ToParameters(input.Parameters));
        if (!TensorDatatypes.TryParse(input.Datatype, out var datatype))
        {
            throw VisionException.Invalid($"Input '{input.Name}' has the datatype '{input.Datatype}', which is not served.");
        }

        if (raw is not null && input.Contents is not null)
        {
            throw VisionException.Invalid($"Input '{input.Name}' has 'contents' beside 'raw_input_contents'.");
        }

        // Arrays: a message's own lists do not travel between silos.
        return new Tensor(input.Name, datatype, input.Shape.ToArray(), raw?.Memory ?? ToBytes(input, datatype));
    }

    private static ReadOnlyMemory<byte> ToBytes(InferTensor input, TensorDatatype datatype)
    {
        var contents = input.Contents ?? throw VisionException.Invalid($"Input '{input.Name}' has no contents.");
        return datatype switch
        {
            TensorDatatype.Bool => Bytes(contents.BoolContents, static value => value ? (byte)1 : (byte)0),
            TensorDatatype.Int8 => Narrow(input, contents.IntContents, static value => checked((sbyte)value)),
            TensorDatatype.Int16 => Narrow(input, contents.IntContents, static value => checked((short)value)),
            TensorDatatype.Int32 => Bytes(contents.IntContents, static value => value),
            TensorDatatype.Int64 => Bytes(contents.Int64Contents, static value => value),
            TensorDatatype.UInt8 => Narrow(input, contents.UintContents, static value => checked((byte)value)),
            TensorDatatype.UInt16 => Narrow(input, contents.UintContents, static value => checked((ushort)value)),
            TensorDatatype.UInt32 => Bytes(contents.UintContents, static value => value),
            TensorDatatype.UInt64 => Bytes(contents.Uint64Contents, static value => value),
            TensorDatatype.Fp32 => Bytes(contents.Fp32Contents, static value => value),
            TensorDatatype.Fp64 => Bytes(contents.Fp64Contents, static value => value),
            _ => throw VisionException.Invalid($"Input '{input.Name}' is {datatype.NameOf()}, which comes in 'raw_input_contents' only."),
        };
    }

    private static ReadOnlyMemory<byte> Narrow<TFrom, TTo>(InferTensor input, RepeatedField<TFrom> values, Func<TFrom, TTo> convert)
        where TTo : unmanaged
    {
        try
        {
            return Bytes(values, convert);
        }
        catch (OverflowException)
        {
            throw VisionException.Invalid($"Input '{input.Name}' holds a number that is no {input.Datatype}.");
        }
    }

    private static ReadOnlyMemory<byte> Bytes<TFrom, TTo>(RepeatedField<TFrom> values, Func<TFrom, TTo> convert)
        where TTo : unmanaged
    {
        var bytes = new byte[checked(values.Count * Unsafe.SizeOf<TTo>())];
        var target = MemoryMarshal.Cast<byte, TTo>(bytes.AsSpan());
        for (var i = 0; i < values.Count; i++)
        {
            target[i] = convert(values[i]);
        }

        return bytes;
    }
}
