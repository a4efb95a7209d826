using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Endpoints;

[Collection(GatewayServer.Name)]
public sealed class EverythingEndpointTests(SharedServer shared)
{
    private const string Few = """{"pointsPerSide":8,"pointsPerBatch":8,"predIouThresh":0.7,"stabilityScoreThresh":0.8}""";

    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task Everything_AsJson_FindsTheObjectsWithSamsRecord()
    {
        var id = await _http.UploadSampleAsync();

        var answer = await _http.PostTextAsync($"/v1/images/{id}/everything", Few).ExpectAsync(HttpStatusCode.OK);

        Assert.Equal("starter-sam", answer.GetProperty("model").GetString());
        var masks = answer.GetProperty("masks").EnumerateArray().ToArray();
        Assert.All(masks, mask =>
        {
            Assert.Equal([480, 640], mask.GetProperty("segmentation").GetProperty("size").EnumerateArray().Select(n => n.GetInt32()));
            Assert.Equal(JsonValueKind.String, mask.GetProperty("segmentation").GetProperty("counts").ValueKind);
            Assert.True(mask.GetProperty("predictedIou").GetSingle() > 0.7);
            Assert.True(mask.GetProperty("stabilityScore").GetSingle() >= 0.8);
            Assert.Equal(2, mask.GetProperty("pointCoords")[0].GetArrayLength());
            Assert.Equal([0, 0, 640, 480], mask.GetProperty("cropBox").EnumerateArray().Select(n => n.GetInt32()));
        });
        var truth = Sample.Load("held-twemoji-1").Objects[2];
        Assert.Contains(masks, mask => Math.Abs((mask.GetProperty("area").GetDouble() / truth.Area) - 1) < 0.15);
    }

    [Theory]
    [InlineData("uncompressed_rle", JsonValueKind.Object)]
    [InlineData("binary_mask", JsonValueKind.String)]
    public async Task Everything_OutputMode_IsHeeded(string mode, JsonValueKind kind)
    {
        var id = await _http.UploadSampleAsync();

        var answer = await _http.PostTextAsync(
            $"/v1/images/{id}/everything", $$"""{"pointsPerSide":3,"predIouThresh":0.5,"stabilityScoreThresh":0.5,"outputMode":"{{mode}}"}""")
            .ExpectAsync(HttpStatusCode.OK);

        var mask = answer.GetProperty("masks")[0];
        var segmentation = mask.GetProperty("segmentation");
        Assert.Equal(kind, segmentation.ValueKind);
        if (kind == JsonValueKind.Object)
        {
            long[] counts = [.. segmentation.GetProperty("counts").EnumerateArray().Select(n => n.GetInt64())];
            Assert.Equal(640 * 480, counts.Sum());
            Assert.Equal(mask.GetProperty("area").GetInt64(), counts.Where((_, i) => i % 2 == 1).Sum());
        }
        else
        {
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], segmentation.GetBytesFromBase64()[..4]);
        }
    }

    [Fact]
    public async Task Everything_AsLinesAndEvents_EndsWithTheMasksOfTheDocument()
    {
        var id = await _http.UploadSampleAsync();
        var document = await _http.PostTextAsync($"/v1/images/{id}/everything", Few).ExpectAsync(HttpStatusCode.OK);
        string[] expected = [.. document.GetProperty("masks").EnumerateArray().Select(Describe)];

        using var lines = await PostAsync(id, Few, "application/x-ndjson");
        using var events = await PostAsync(id, Few, "text/event-stream");

        Assert.Equal("application/x-ndjson", lines.Content.Headers.ContentType?.MediaType);
        var steps = (await lines.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToArray();
        Assert.Equal(expected, Standing(steps));
        Assert.Contains(steps, step => step.TryGetProperty("progress", out var progress)
            && progress.GetProperty("points").GetInt32() == 8 && progress.GetProperty("totalPoints").GetInt32() == 64);
        Assert.True(Array.FindIndex(steps, step => step.TryGetProperty("mask", out _)) < steps.Length / 2);

        Assert.Equal("text/event-stream", events.Content.Headers.ContentType?.MediaType);
        var blocks = (await events.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(block => block.Split("\ndata: ")).ToArray();
        Assert.All(blocks, block => Assert.Matches("^event: (mask|dropped|progress|done)$", block[0]));
        Assert.Equal("event: done", blocks[^1][0]);
        Assert.Equal(expected, Standing([.. blocks.Select(block => JsonSerializer.Deserialize<JsonElement>(block[1]))]));
    }

    [Fact]
    public async Task Everything_GridsOfOnesOwn_AsksAtTheirPointsOnEachLayer()
    {
        var id = await _http.UploadSampleAsync();
        const string Grids =
            """{"pointGrids":[[[0.25,0.5],[0.75,0.125]],[[0.5,0.25]]],"cropNLayers":1,"predIouThresh":0,"stabilityScoreThresh":0,"boxNmsThresh":1,"cropNmsThresh":1,"cropOverlapRatio":0}""";

        using var lines = await PostAsync(id, Grids, "application/x-ndjson");

        var steps = (await lines.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToArray();
        // Two points on the whole, one on each quarter of it.
        Assert.Equal(2 + 4, steps.Last(step => step.TryGetProperty("progress", out _)).GetProperty("progress").GetProperty("totalPoints").GetInt32());
        (double X, double Y)[] whole = [(160, 240), (480, 60)];
        (double X, double Y)[] quarters = [(160, 60), (480, 60), (160, 300), (480, 300)];
        var asked = steps.Where(step => step.TryGetProperty("mask", out _)).Select(step => step.GetProperty("mask")).Select(mask => (
            X: mask.GetProperty("pointCoords")[0][0].GetDouble(), Y: mask.GetProperty("pointCoords")[0][1].GetDouble(),
            IsWhole: mask.GetProperty("cropBox")[2].GetInt32() == 640)).ToHashSet();
        var onWhole = whole.Select(point => (point.X, point.Y, IsWhole: true)).ToHashSet();
        Assert.Superset(onWhole, asked);
        Assert.Subset(quarters.Select(point => (point.X, point.Y, IsWhole: false)).Union(onWhole).ToHashSet(), asked);
        Assert.Contains(asked, point => !point.IsWhole);
    }

    [Theory]
    [InlineData("""{"pointGrids":[[[0.5,0.5]]],"pointsPerSide":4}""")]
    [InlineData("""{"pointGrids":[[[0.5,1.5]]]}""")]
    [InlineData("""{"pointGrids":[[[0.5,0.5]]],"cropNLayers":1}""")]
    public async Task Everything_GridsThatDoNotFit_AreRefused(string json)
    {
        var id = await _http.UploadSampleAsync();

        await _http.PostTextAsync($"/v1/images/{id}/everything", json).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
    }

    [Fact]
    public async Task Everything_WrongOptions_AreAllListed()
    {
        var id = await _http.UploadSampleAsync();

        var problem = await _http.PostTextAsync($"/v1/images/{id}/everything", """{"pointsPerBatch":0,"cropNLayers":9}""")
            .ExpectAsync(HttpStatusCode.BadRequest);

        Assert.Equal(2, problem.GetProperty("violations").GetArrayLength());
    }

    [Fact]
    public async Task Everything_UnknownImageAsLines_IsAProblem()
    {
        using var response = await PostAsync(new string('0', 32), Few, "application/x-ndjson");

        await Task.FromResult(response).ExpectProblemAsync(HttpStatusCode.NotFound, "ImageNotFound");
    }

    [Fact]
    public async Task Everything_CallerLeaves_StopsAndMakesRoom()
    {
        await using var server = await VisionTestServer.StartAsync(null, "Vision:AutomaticMasks:MaxConcurrentCalls=1");
        var id = await server.Http.UploadSampleAsync();
        using (var request = Request(id, """{"pointsPerSide":64,"cropNLayers":1,"predIouThresh":0}""", "application/x-ndjson"))
        using (var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        // While the first call ran, this one would wait for its place until its time was up.
        using var second = Request(id, """{"pointsPerSide":1}""", "application/json");
        second.Headers.Add("Vision-Timeout-Ms", "15000");
        await server.Http.SendAsync(second).ExpectAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Everything_TooMuchOnTheWay_EndsTheLinesWithTheError()
    {
        await using var server = await VisionTestServer.StartAsync(null, "Vision:AutomaticMasks:MaxMaskBytes=65536");
        var id = await server.Http.UploadSampleAsync();
        using var request = Request(
            id, """{"pointsPerSide":16,"pointsPerBatch":1,"predIouThresh":0,"stabilityScoreThresh":0}""", "application/x-ndjson");

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var last = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.Equal("InvalidRequest", JsonSerializer.Deserialize<JsonElement>(last).GetProperty("error").GetProperty("code").GetString());
    }

    private static string[] Standing(JsonElement[] steps)
    {
        var standing = new Dictionary<int, JsonElement>();
        foreach (var step in steps)
        {
            if (step.TryGetProperty("mask", out var mask))
            {
                standing[mask.GetProperty("id").GetInt32()] = mask;
            }
            else if (step.TryGetProperty("dropped", out var dropped))
            {
                Assert.All(dropped.EnumerateArray(), id => Assert.True(standing.Remove(id.GetInt32())));
            }
        }

        int[] ids = [.. steps[^1].GetProperty("done").GetProperty("masks").EnumerateArray().Select(id => id.GetInt32())];
        Assert.Equal(ids.Order(), standing.Keys.Order());
        return [.. ids.Select(id => Describe(standing[id]))];
    }

    private static string Describe(JsonElement mask) =>
        $"{mask.GetProperty("area")} {mask.GetProperty("bbox")} {mask.GetProperty("segmentation").GetProperty("counts")}";

    private static HttpRequestMessage Request(string id, string json, string accept) =>
        new(HttpMethod.Post, $"/v1/images/{id}/everything")
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
            Headers = { Accept = { new MediaTypeWithQualityHeaderValue(accept) } },
        };

    private async Task<HttpResponseMessage> PostAsync(string id, string json, string accept)
    {
        using var request = Request(id, json, accept);
        return await _http.SendAsync(request);
    }
}
