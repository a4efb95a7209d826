using System.Buffers;
using System.Globalization;
using System.Text.Json;
using VisionCluster.Contracts.Tensors;

namespace VisionCluster.Gateway.OpenInference;

/// <summary>Outputs as JSON, or as JSON with the bytes of some or all of them behind it.</summary>
internal sealed class InferAnswer(InferResponse response, InferQuery query) : IResult
{
    private const string BinaryType = "application/octet-stream";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var text = response.Outputs.Where(output => !query.IsBinary(output.Name)).ToArray();
        Array.ForEach(text, TensorWriter.ThrowIfNotFinite);
        if (text.Length == response.Outputs.Count)
        {
            httpContext.Response.ContentType = "application/json";
            await using var writer = new Utf8JsonWriter(httpContext.Response.BodyWriter);
            await WriteAsync(writer, httpContext);
            return;
        }

        await SendBinaryAsync(httpContext);
    }

    private async Task SendBinaryAsync(HttpContext context)
    {
        var json = new ArrayBufferWriter<byte>();
        await using (var writer = new Utf8JsonWriter(json))
        {
            await WriteAsync(writer, context, json);
        }

        var tensors = response.Outputs.Where(output => query.IsBinary(output.Name)).ToArray();
        context.Response.ContentType = BinaryType;
        context.Response.Headers[InferBody.JsonLength] = json.WrittenCount.ToString(CultureInfo.InvariantCulture);
        context.Response.ContentLength = json.WrittenCount + tensors.Sum(static tensor => (long)tensor.Data.Length);
        await context.Response.BodyWriter.WriteAsync(json.WrittenMemory, context.RequestAborted);
        foreach (var tensor in tensors)
        {
            await context.Response.BodyWriter.WriteAsync(tensor.Data, context.RequestAborted);
        }
    }

    private async Task WriteAsync(Utf8JsonWriter writer, HttpContext context, ArrayBufferWriter<byte>? json = null)
    {
        writer.WriteStartObject();
        writer.WriteString("model_name", response.Graph);
        writer.WriteString("model_version", response.Version);
        if (query.Id is { } id)
        {
            writer.WriteString("id", id);
        }

        writer.WriteStartArray("outputs");
        foreach (var output in response.Outputs)
        {
            writer.WriteStartObject();
            writer.WriteString("name", output.Name);
            writer.WriteString("datatype", output.Datatype.NameOf());
            writer.WriteStartArray("shape");
            foreach (var dimension in output.Shape)
            {
                writer.WriteNumberValue(dimension);
            }

            writer.WriteEndArray();
            await WriteDataAsync(writer, output, context, json is not null);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
    }

    private async Task WriteDataAsync(Utf8JsonWriter writer, Tensor output, HttpContext context, bool held)
    {
        if (query.IsBinary(output.Name))
        {
            writer.WriteStartObject("parameters");
            writer.WriteNumber(InferParameters.BinaryDataSize, output.Data.Length);
            writer.WriteEndObject();
            return;
        }

        writer.WritePropertyName("data");
        await TensorWriter.WriteAsync(writer, held ? null : context.Response.BodyWriter, output, context.RequestAborted);
    }
}
