using System.Globalization;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tensors;
using VisionCluster.Gateway.Admission;

namespace VisionCluster.Gateway.OpenInference;

/// <summary>
/// Reads an inference request: JSON, or JSON and behind it the bytes of the tensors that say <c>binary_data_size</c>, which
/// are taken as slices of the body.
/// </summary>
internal static class InferBody
{
    /// <summary>Bytes of the JSON, where tensors follow it.</summary>
    public const string JsonLength = "Inference-Header-Content-Length";

    /// <exception cref="VisionException"><c>InvalidRequest</c>, <c>ImageTooLarge</c>.</exception>
    public static async Task<InferQuery> ReadAsync(HttpContext context, string model, string? version)
    {
        var limits = context.RequestServices.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var length = ReadJsonLength(context.Request, limits);
        var most = length is null ? limits.MaxJsonBytes : limits.MaxTensorBytes + length.Value;
        var body = await ReadAllAsync(context, most);
        if (length > body.Length)
        {
            throw VisionException.Invalid($"'{JsonLength}' says {length} bytes of JSON; the body has {body.Length}.");
        }

        var json = body.AsMemory(0, length ?? body.Length);
        var document = InferDocumentReader.Read(json);
        InferParameters.Refuse(document.Parameters);
        var rest = body.AsMemory(json.Length);
        var inputs = new List<Tensor>(document.Inputs.Count);
        foreach (var input in document.Inputs)
        {
            inputs.Add(ToTensor(input, ref rest));
        }

        if (!rest.IsEmpty)
        {
            throw VisionException.Invalid($"{rest.Length} bytes follow that belong to no input.");
        }

        var request = new InferRequest
        {
            Graph = model,
            Version = version,
            Inputs = inputs,
            Outputs = [.. document.Outputs.Select(output => output.Name ?? "")],
        };
        VisionException.ThrowIfAny(request.Violations());
        return new InferQuery(request, document.Id, document.Parameters, Binary(document));
    }

    private static async Task<byte[]> ReadAllAsync(HttpContext context, long most)
    {
        var request = context.Request;
        return request.ContentLength > most
            ? throw TooLarge(most)
            : await ImageBody.ReadAllAsync(request.Body, request.ContentLength, most, context.RequestAborted, () => TooLarge(most));
    }

    private static VisionException TooLarge(long most) =>
        new(VisionErrorCode.ImageTooLarge, $"The body may have at most {most} bytes.");

    private static int? ReadJsonLength(HttpRequest request, GatewayOptions limits)
    {
        if (!request.Headers.TryGetValue(JsonLength, out var text))
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && length >= 2 && length <= limits.MaxJsonBytes
            ? length
            : throw VisionException.Invalid($"'{JsonLength}' must be a whole number from 2 to {limits.MaxJsonBytes}.");
    }

    private static Tensor ToTensor(InferInput input, ref Memory<byte> rest)
    {
        InferParameters.Refuse(input.Parameters);
        if (input.Name is null || input.Shape is null || !TensorDatatypes.TryParse(input.Datatype, out var datatype))
        {
            throw VisionException.Invalid(
                $"Input '{input.Name}' needs a name, a shape and a datatype of {string.Join(", ", Enum.GetValues<TensorDatatype>().Select(TensorDatatypes.NameOf))}.");
        }

        if (!datatype.TrySizeOf(input.Shape, out var bytes))
        {
            throw VisionException.Invalid($"The shape of input '{input.Name}' must have at most {Tensor.MaxDimensions} dimensions, "
                + $"each at least 1, and claim at most {InferRequest.MaxBytes} bytes.");
        }

        if (InferParameters.Number(input.Parameters, InferParameters.BinaryDataSize, InferRequest.MaxBytes) is not { } size)
        {
            return input.Data is { } text
                ? new Tensor(input.Name, datatype, input.Shape, TensorText.Read(input.Name, datatype, bytes, text))
                : throw VisionException.Invalid($"Input '{input.Name}' has neither 'data' nor '{InferParameters.BinaryDataSize}'.");
        }

        if (input.Data is not null || size > rest.Length)
        {
            throw VisionException.Invalid(input.Data is null
                ? $"Input '{input.Name}' says {size} bytes; {rest.Length} are left of the body."
                : $"Input '{input.Name}' has both 'data' and '{InferParameters.BinaryDataSize}'.");
        }

        var data = rest[..(int)size];
        rest = rest[(int)size..];
        return new Tensor(input.Name, datatype, input.Shape, data);
    }

    private static HashSet<string>? Binary(InferDocument document)
    {
        var all = InferParameters.Flag(document.Parameters, InferParameters.BinaryDataOutput) ?? false;
        if (document.Outputs.Count == 0)
        {
            return all ? null : [];
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var output in document.Outputs)
        {
            InferParameters.Refuse(output.Parameters);
            if (InferParameters.Flag(output.Parameters, InferParameters.BinaryData) ?? all)
            {
                names.Add(output.Name!);
            }
        }

        return names;
    }
}
