using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.OpenInference;

/// <summary>Open Inference Protocol over HTTP, against ONNX Runtime by itself on the same files.</summary>
[Collection(GatewayServer.Name)]
public sealed class RestConformanceTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;
    private readonly RestClient _client = new(shared.Server.Http);

    public static TheoryData<string> Graphs => [.. GraphSample.Files.Keys];

    [Fact]
    public async Task Health_OfARunningServer_IsGood()
    {
        foreach (var path in new[] { "live", "ready" })
        {
            using var response = await _http.GetAsync($"/v2/health/{path}");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task Server_AskedWhatItIs_NamesItsExtensions()
    {
        var server = await _http.GetAsync("/v2").ExpectAsync(HttpStatusCode.OK);
        Assert.Equal("visioncluster", server.GetProperty("name").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+$", server.GetProperty("version").GetString());
        Assert.Contains("binary_tensor_data", server.GetProperty("extensions").EnumerateArray().Select(name => name.GetString()));
        await _http.GetAsync("/v2/").ExpectAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Index_OfTheRepository_HoldsEveryGraphOfEveryModel()
    {
        var models = await _http.PostTextAsync("/v2/repository/index", "{}").ExpectAsync(HttpStatusCode.OK);
        Assert.Equal(GraphSample.Files.Keys.Order(), models.EnumerateArray().Select(model => model.GetProperty("name").GetString()).Order());
        Assert.All(models.EnumerateArray(), model => Assert.Equal("READY", model.GetProperty("state").GetString()));
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public async Task Metadata_OfAGraph_IsWhatItsFileSays(string graph)
    {
        using var session = GraphSample.Open(graph);
        var model = await _http.GetAsync($"/v2/models/{graph}").ExpectAsync(HttpStatusCode.OK);
        Assert.Equal(graph, model.GetProperty("name").GetString());
        var version = GraphSample.VersionOf(graph);
        Assert.Equal(version, Assert.Single(model.GetProperty("versions").EnumerateArray()).GetString());
        Assert.Equal("onnxruntime_onnx", model.GetProperty("platform").GetString());
        foreach (var (tensors, expected) in new[] { ("inputs", session.InputMetadata), ("outputs", session.OutputMetadata) })
        {
            Assert.Equal(
                expected.Select(tensor => $"{tensor.Key} {(tensor.Value.ElementType == typeof(long) ? "INT64" : "FP32")} {string.Join(',', tensor.Value.Dimensions)}").Order(),
                model.GetProperty(tensors).EnumerateArray().Select(tensor =>
                    $"{tensor.GetProperty("name")} {tensor.GetProperty("datatype")} {string.Join(',', tensor.GetProperty("shape").EnumerateArray())}").Order());
        }

        await _http.GetAsync($"/v2/models/{graph}/versions/{version}").ExpectAsync(HttpStatusCode.OK);
        await _http.GetAsync($"/v2/models/{graph}/ready").ExpectAsync(HttpStatusCode.OK);
        await _http.GetAsync($"/v2/models/{graph}/versions/{version}/ready").ExpectAsync(HttpStatusCode.OK);
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public async Task Infer_ByJsonAndByBytes_GivesTheBitsOfABareRun(string graph)
    {
        var sample = GraphSample.Of(graph);
        foreach (var (binaryIn, binaryOut) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            var (answer, outputs) = await _client.InferAsync(graph, sample.Inputs, binaryIn, binaryOut);
            Assert.Equal((graph, GraphSample.VersionOf(graph), "42"), (answer.ModelName, answer.ModelVersion, answer.Id));
            Assert.Equal(sample.Outputs.Count, outputs.Length);
            foreach (var (expected, output) in sample.Outputs.Zip(outputs))
            {
                expected.ExpectSame(output);
            }
        }
    }

    [Fact]
    public async Task Infer_SomeOutputsInAnotherOrder_GivesThoseInThatOrder()
    {
        var sample = GraphSample.Of("starter-regionclip.detector");
        var json = JsonSerializer.SerializeToUtf8Bytes(new
        {
            inputs = new[] { new { name = "pixel_values", datatype = "FP32", shape = sample.Inputs[0].Shape, parameters = new { binary_data_size = sample.Inputs[0].Data.Length } } },
            outputs = new object[] { new { name = "objectness" }, new { name = "boxes", parameters = new { binary_data = true } } },
        });
        using var response = await _http.PostAsync("/v2/models/starter-regionclip.detector/infer", RestClient.Binary(json, sample.Inputs[0].Data));
        var body = await response.Content.ReadAsByteArrayAsync();
        var length = int.Parse(response.Headers.GetValues("Inference-Header-Content-Length").Single());
        var outputs = JsonDocument.Parse(body.AsMemory(0, length)).RootElement.GetProperty("outputs");
        Assert.Equal(["objectness", "boxes"], outputs.EnumerateArray().Select(output => output.GetProperty("name").GetString()));
        Assert.Equal(sample.Outputs.Single(output => output.Name == "boxes").Data, body[length..]);
        Assert.Equal(
            MemoryMarshal.Cast<byte, float>(sample.Outputs.Single(output => output.Name == "objectness").Data).ToArray(),
            outputs[0].GetProperty("data").Deserialize<float[]>());
    }

    [Fact]
    public async Task Infer_RowsOfManyCallers_ShareRunsAndComeBackToTheirOwn()
    {
        var largest = new ConcurrentBag<long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == VisionTelemetry.Metrics.BatchSize)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, size, tags, _) => Count(size, tags));
        listener.SetMeasurementEventCallback<int>((_, size, tags, _) => Count(size, tags));
        listener.Start();
        var samples = Enumerable.Range(1, 24).Select(seed => GraphSample.Of("starter-clip.textEncoder", rows: 1 + (seed % 3), seed)).ToArray();
        await Parallel.ForEachAsync(samples, new ParallelOptions { MaxDegreeOfParallelism = 24 }, async (sample, _) =>
        {
            var (_, outputs) = await _client.InferAsync(sample.Graph, sample.Inputs, binaryIn: true, binaryOut: true);
            Assert.Equal(sample.Outputs[0].Shape, outputs[0].Shape);
            var expected = MemoryMarshal.Cast<byte, float>(sample.Outputs[0].Data).ToArray();
            Assert.All(expected.Zip(MemoryMarshal.Cast<byte, float>(outputs[0].Data).ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        });
        Assert.Contains(largest, size => size > 1);

        void Count(long size, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var tag in tags)
            {
                if (tag.Key == VisionTelemetry.Graph && (string?)tag.Value == "starter-clip/textEncoder")
                {
                    largest.Add(size);
                }
            }
        }
    }

    [Fact]
    public async Task Infer_MoreRowsThanARunTakes_GivesEveryRowItsOutput()
    {
        var sample = GraphSample.Of("starter-sam.maskDecoder", rows: 6);
        var (_, outputs) = await _client.InferAsync(sample.Graph, sample.Inputs, binaryIn: true, binaryOut: true);
        foreach (var (expected, output) in sample.Outputs.Zip(outputs))
        {
            Assert.Equal(expected.Shape, output.Shape);
            var pairs = MemoryMarshal.Cast<byte, float>(expected.Data).ToArray().Zip(MemoryMarshal.Cast<byte, float>(output.Data).ToArray());
            Assert.True(pairs.Max(pair => Math.Abs(pair.First - pair.Second)) < 1e-3, output.Name);
        }
    }

    [Fact]
    public async Task Infer_NotANumber_IsGivenAsBytesAndRefusedAsJson()
    {
        var inputs = GraphSample.Of("starter-clip.imageEncoder").Inputs;
        MemoryMarshal.Cast<byte, float>(inputs[0].Data.AsSpan()).Fill(float.NaN);
        var (_, outputs) = await _client.InferAsync("starter-clip.imageEncoder", inputs, binaryIn: true, binaryOut: true);
        Assert.Contains(MemoryMarshal.Cast<byte, float>(outputs[0].Data).ToArray(), float.IsNaN);
        var error = await _client.RefusalAsync("starter-clip.imageEncoder", RestClient.Binary(inputs), HttpStatusCode.BadRequest);
        Assert.Contains("binary", error);
    }
}
