using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VisionCluster.Gateway.Tests.OpenInference;

/// <summary>A client by the protocol's REST definition (kserve/open-inference-protocol, open_inference_rest.yaml): members it requires must be there.</summary>
internal sealed class RestClient(HttpClient http)
{
    private const string JsonLength = "Inference-Header-Content-Length";

    public async Task<(InferResponse Answer, RawTensor[] Outputs)> InferAsync(
        string graph, IEnumerable<RawTensor> inputs, bool binaryIn = false, bool binaryOut = false)
    {
        using var content = binaryIn ? Binary(inputs, binaryOut) : Json(inputs, binaryOut);
        using var response = await http.PostAsync($"/v2/models/{graph}/versions/{GraphSample.VersionOf(graph)}/infer", content);
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, Encoding.UTF8.GetString(body));
        var length = response.Headers.TryGetValues(JsonLength, out var values) ? int.Parse(values.Single()) : body.Length;
        Assert.Equal(binaryOut ? "application/octet-stream" : "application/json", response.Content.Headers.ContentType!.MediaType);
        var answer = JsonSerializer.Deserialize<InferResponse>(body.AsSpan(0, length), Strict)!;
        var at = length;
        var outputs = answer.Outputs.Select(output =>
        {
            if (output.Parameters?["binary_data_size"] is not { } size)
            {
                return new RawTensor(output.Name, output.Datatype, output.Shape, MemoryMarshal.AsBytes(output.Data!.Deserialize<float[]>().AsSpan()).ToArray());
            }

            var data = body[at..(at + size.GetValue<int>())];
            at += data.Length;
            return new RawTensor(output.Name, output.Datatype, output.Shape, data);
        }).ToArray();
        Assert.Equal(body.Length, at);
        return (answer, outputs);
    }

    /// <summary>The error of a request that must be refused.</summary>
    public async Task<string> RefusalAsync(string graph, HttpContent content, HttpStatusCode status, string path = "infer")
    {
        using var response = await http.PostAsync($"/v2/models/{graph}/{path}", content);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        return Error(text);
    }

    /// <summary>The message of the protocol's error object, which has nothing else.</summary>
    public static string Error(string text)
    {
        var error = Assert.Single(JsonDocument.Parse(text).RootElement.EnumerateObject());
        Assert.Equal("error", error.Name);
        return error.Value.GetString()!;
    }

    public static StringContent Json(IEnumerable<RawTensor> inputs, bool binaryOut = false) => Text(Document(inputs, binaryOut, static input =>
        new() { ["data"] = Numbers(input) }).ToJsonString());

    public static StringContent Text(string json) => new(json, Encoding.UTF8, "application/json");

    public static ByteArrayContent Binary(IEnumerable<RawTensor> inputs, bool binaryOut = false)
    {
        var tensors = inputs.ToArray();
        var json = Encoding.UTF8.GetBytes(Document(tensors, binaryOut, static input =>
            new() { ["parameters"] = new JsonObject { ["binary_data_size"] = input.Data.Length } }).ToJsonString());
        return Binary(json, [.. tensors.SelectMany(tensor => tensor.Data)]);
    }

    public static ByteArrayContent Binary(byte[] json, byte[] data, string? length = null)
    {
        var content = new ByteArrayContent([.. json, .. data]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.Add(JsonLength, length ?? json.Length.ToString());
        return content;
    }

    private static JsonSerializerOptions Strict { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    private static JsonObject Document(IEnumerable<RawTensor> inputs, bool binaryOut, Func<RawTensor, JsonObject> rest)
    {
        var request = new JsonObject { ["id"] = "42", ["inputs"] = new JsonArray([.. inputs.Select(input => Describe(input, rest(input)))]) };
        if (binaryOut)
        {
            request["parameters"] = new JsonObject { ["binary_data_output"] = true };
        }

        return request;
    }

    private static JsonObject Describe(RawTensor input, JsonObject rest)
    {
        (rest["name"], rest["datatype"]) = (input.Name, input.Datatype);
        rest["shape"] = new JsonArray([.. input.Shape.Select(dimension => JsonValue.Create(dimension))]);
        return rest;
    }

    private static JsonArray Numbers(RawTensor input) => input.Datatype == "INT64"
        ? new JsonArray([.. MemoryMarshal.Cast<byte, long>(input.Data).ToArray().Select(number => JsonValue.Create(number))])
        : new JsonArray([.. MemoryMarshal.Cast<byte, float>(input.Data).ToArray().Select(number => JsonValue.Create(number))]);

    internal sealed record InferResponse(string ModelName, ResponseOutput[] Outputs, string? ModelVersion = null, string? Id = null);

    internal sealed record ResponseOutput(string Name, long[] Shape, string Datatype, JsonObject? Parameters = null, JsonArray? Data = null);
}
