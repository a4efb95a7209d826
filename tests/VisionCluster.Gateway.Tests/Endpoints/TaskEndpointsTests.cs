using System.Net;
using System.Text.Json;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Endpoints;

[Collection(GatewayServer.Name)]
public sealed class TaskEndpointsTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task Segment_Box_CoversMostOfTheObjectAndLittleElse()
    {
        var id = await _http.UploadSampleAsync();
        var dog = Sample.Load("held-twemoji-1").Objects[0];
        var answer = await SegmentAsync(id, $$"""{"prompts":[{"box":[{{string.Join(',', dog.Box)}}]}],"multimask":false}""");
        var mask = answer.GetProperty("results")[0].GetProperty("masks").EnumerateArray().Single();
        Assert.InRange(mask.GetProperty("area").GetInt32() / (double)dog.Area, 0.7, 1.3);
        Assert.Equal([480, 640], mask.GetProperty("rle").GetProperty("size").EnumerateArray().Select(v => v.GetInt32()));
        Assert.False(mask.TryGetProperty("png", out _));
    }

    [Fact]
    public async Task Segment_PointWithoutLabel_IsAClickOnTheObject()
    {
        var id = await _http.UploadSampleAsync();
        var dog = Sample.Load("held-twemoji-1").Objects[0];
        var (bare, labelled, background) = (await AreaAsync(""), await AreaAsync(",\"label\":1"), await AreaAsync(",\"label\":0"));
        Assert.Equal(labelled, bare);
        Assert.NotEqual(background, bare);
        Assert.InRange(bare / (double)dog.Area, 0.5, 1.5);

        async Task<int> AreaAsync(string label)
        {
            var answer = await SegmentAsync(id, $$"""{"prompts":[{"points":[{"x":156,"y":191{{label}}}]}],"multimask":false}""");
            return answer.GetProperty("results")[0].GetProperty("masks")[0].GetProperty("area").GetInt32();
        }
    }

    [Fact]
    public async Task Segment_PointWithMultimask_GivesThreeMasksInTokenOrder()
    {
        var id = await _http.UploadSampleAsync();
        var answer = await SegmentAsync(id, """{"prompts":[{"points":[{"x":150,"y":200}]}]}""");
        Assert.Equal(3, answer.GetProperty("results")[0].GetProperty("masks").GetArrayLength());
    }

    [Fact]
    public async Task Segment_Polygon_OutlinesTheMaskOfTheRle()
    {
        var id = await _http.UploadSampleAsync();
        const string Prompt = "\"prompts\":[{\"points\":[{\"x\":150,\"y\":200}]}],\"multimask\":false";
        var rle = await SegmentAsync(id, $$$"""{{{{Prompt}}}}""");
        var answer = await SegmentAsync(id, $$$"""{{{{Prompt}}},"output":{"format":"polygon"}}""");

        var mask = answer.GetProperty("results")[0].GetProperty("masks")[0];
        Assert.False(mask.TryGetProperty("rle", out _));
        var area = mask.GetProperty("polygons").EnumerateArray().Sum(polygon =>
            Area(polygon.GetProperty("exterior")) + polygon.GetProperty("holes").EnumerateArray().Sum(Area));
        Assert.Equal(rle.GetProperty("results")[0].GetProperty("masks")[0].GetProperty("area").GetDouble(), area);

        // Holes run the other way round, so that their area is negative.
        static double Area(JsonElement outline)
        {
            int[] n = [.. outline.EnumerateArray().Select(value => value.GetInt32())];
            return Enumerable.Range(0, n.Length / 2).Sum(i =>
            {
                var (x0, y0, x1, y1) = (n[2 * i], n[(2 * i) + 1], n[(2 * i + 2) % n.Length], n[(2 * i + 3) % n.Length]);
                return ((x0 * (double)y1) - (x1 * (double)y0)) / 2;
            });
        }
    }

    [Fact]
    public async Task Segment_ThresholdAboveZero_GivesLess()
    {
        var id = await _http.UploadSampleAsync();
        var (all, sure) = (await AreaAsync("0"), await AreaAsync("3"));
        Assert.InRange(sure, 1, all - 1);

        async Task<int> AreaAsync(string threshold)
        {
            var answer = await SegmentAsync(
                id, $$$"""{"prompts":[{"points":[{"x":150,"y":200}]}],"multimask":false,"output":{"threshold":{{{threshold}}}}}""");
            return answer.GetProperty("results")[0].GetProperty("masks")[0].GetProperty("area").GetInt32();
        }
    }

    [Fact]
    public async Task Segment_LogitsSentBack_RefineLikeTheMaskThatIsKept()
    {
        var id = await _http.UploadSampleAsync();
        const string Points = "\"points\":[{\"x\":150,\"y\":200}]";
        var first = await SegmentAsync(id, $$$"""{"prompts":[{{{{Points}}}}],"multimask":false,"output":{"logits":true}}""");
        var mask = first.GetProperty("results")[0].GetProperty("masks")[0];
        var byId = await SegmentAsync(id, $$$"""{"prompts":[{{{{Points}}},"maskId":{{{mask.GetProperty("maskId").GetRawText()}}}}],"multimask":false}""");
        var byLogits = await SegmentAsync(id, $$$"""{"prompts":[{{{{Points}}},"maskLogits":{{{mask.GetProperty("logits").GetRawText()}}}}],"multimask":false}""");

        // Kept masks are rounded to half precision.
        var (kept, sent) = (AreaOf(byId), AreaOf(byLogits));
        Assert.InRange(sent / kept, 0.99, 1.01);
        await _http.PostTextAsync(
            $"/v1/images/{id}/segment", $$$"""{"prompts":[{{{{Points}}},"maskLogits":{"shape":[1,2],"data":"AAAAAAAAAAA="}}]}""")
            .ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");

        static double AreaOf(JsonElement answer) =>
            answer.GetProperty("results")[0].GetProperty("masks")[0].GetProperty("area").GetDouble();
    }

    [Fact]
    public async Task Segment_MaskId_RefinesAnEarlierMask()
    {
        var id = await _http.UploadSampleAsync();
        var first = await SegmentAsync(id, """{"prompts":[{"points":[{"x":150,"y":200}]}],"multimask":false}""");
        var mask = first.GetProperty("results")[0].GetProperty("masks")[0].GetProperty("maskId").GetString();
        var second = await SegmentAsync(
            id, $$"""{"prompts":[{"points":[{"x":150,"y":200},{"x":600,"y":20,"label":0}],"maskId":"{{mask}}"}],"multimask":false}""");
        Assert.True(second.GetProperty("results")[0].GetProperty("masks")[0].GetProperty("area").GetInt32() > 0);
        await _http.PostTextAsync($"/v1/images/{id}/segment", """{"prompts":[{"maskId":"ffff","points":[{"x":1,"y":1}]}]}""")
            .ExpectProblemAsync(HttpStatusCode.NotFound, "MaskNotFound");
    }

    [Fact]
    public async Task Segment_PngAndLogits_AreSentAsAsked()
    {
        var id = await _http.UploadSampleAsync();
        var answer = await SegmentAsync(
            id, """{"prompts":[{"points":[{"x":150,"y":200}]}],"multimask":false,"output":{"format":"png","logits":true}}""");
        var mask = answer.GetProperty("results")[0].GetProperty("masks")[0];
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], mask.GetProperty("png").GetBytesFromBase64().AsSpan(0, 4).ToArray());
        var shape = mask.GetProperty("logits").GetProperty("shape").EnumerateArray().Select(v => v.GetInt32()).ToArray();
        Assert.Equal(shape[0] * shape[1] * sizeof(float), mask.GetProperty("logits").GetProperty("data").GetBytesFromBase64().Length);
        Assert.False(mask.TryGetProperty("rle", out _));
    }

    [Fact]
    public async Task Segment_ManyPrompts_AnswersEachInOrder()
    {
        var id = await _http.UploadSampleAsync();
        var objects = Sample.Load("held-twemoji-1").Objects;
        var prompts = string.Join(',', objects.Select(o => $$"""{"box":[{{string.Join(',', o.Box)}}]}"""));
        var answer = await SegmentAsync(id, $$"""{"prompts":[{{prompts}}],"multimask":false}""");
        var boxes = answer.GetProperty("results").EnumerateArray()
            .Select(r => r.GetProperty("masks")[0].GetProperty("bbox").EnumerateArray().Select(v => v.GetDouble()).ToArray()).ToArray();
        Assert.Equal(objects.Count, boxes.Length);
        Assert.All(objects.Zip(boxes), pair => Assert.InRange(pair.Second[0] + (pair.Second[2] / 2), pair.First.Box[0], pair.First.Box[2]));
    }

    [Fact]
    public async Task Classify_CropOfOneObject_RanksItsLabelFirst()
    {
        var id = await _http.UploadSampleAsync();
        var answer = await _http.PostTextAsync(
            $"/v1/images/{id}/classify", """{"labels":["dog face","guitar","zebra crossing"],"templates":"starter","topK":2,"mode":"softmax"}""")
            .ExpectAsync(HttpStatusCode.OK);
        var results = answer.GetProperty("results");
        Assert.Equal(2, results.GetArrayLength());
        Assert.True(results[0].GetProperty("score").GetDouble() >= results[1].GetProperty("score").GetDouble());
        Assert.Equal("starter-clip", answer.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Detect_CallersBoxes_LabelsEachBox()
    {
        var id = await _http.UploadSampleAsync();
        var objects = Sample.Load("held-twemoji-1").Objects;
        var request = JsonSerializer.Serialize(new
        {
            labels = objects.Select(o => o.Label).Append("elephant"),
            boxes = objects.Select(o => o.Box),
            regionEncoder = "crop",
            templates = "starter",
        });
        var answer = await _http.PostTextAsync($"/v1/images/{id}/detect", request).ExpectAsync(HttpStatusCode.OK);
        var found = answer.GetProperty("detections").EnumerateArray().Select(d => d.GetProperty("label").GetString()).ToHashSet();
        Assert.True(objects.Count(o => found.Contains(o.Label)) >= objects.Count - 1);
    }

    [Fact]
    public async Task Detect_WordsAlone_FindsMostObjects()
    {
        var id = await _http.UploadSampleAsync();
        var objects = Sample.Load("held-twemoji-1").Objects;
        var request = JsonSerializer.Serialize(new { labels = objects.Select(o => o.Label), scoreThreshold = 0.3 });
        var answer = await _http.PostTextAsync($"/v1/images/{id}/detect", request).ExpectAsync(HttpStatusCode.OK);
        var found = answer.GetProperty("detections").EnumerateArray().Select(d => d.GetProperty("label").GetString()).ToHashSet();
        Assert.True(objects.Count(o => found.Contains(o.Label)) >= objects.Count - 1, string.Join(',', found));
        Assert.Equal("starter-regionclip", answer.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Segment_TextsAndABox_AnswersEachPromptInOrder()
    {
        var id = await _http.UploadSampleAsync();
        var answer = await SegmentAsync(
            id, """{"prompts":[{"text":"pizza"},{"box":[48,92,258,299]},{"text":"automobile"}],"multimask":false}""");
        var results = answer.GetProperty("results");
        Assert.Equal(3, results.GetArrayLength());
        Assert.All(results[0].GetProperty("masks").EnumerateArray(), m => Assert.Equal("pizza", m.GetProperty("label").GetString()));
        Assert.Single(results[1].GetProperty("masks").EnumerateArray());
        Assert.All(results[2].GetProperty("masks").EnumerateArray(), m => Assert.Equal("automobile", m.GetProperty("label").GetString()));
    }

    [Fact]
    public async Task Detect_Masks_GivesEachDetectionItsMask()
    {
        var id = await _http.UploadSampleAsync();
        var answer = await _http.PostTextAsync(
            $"/v1/images/{id}/detect", """{"labels":["dog face","pizza"],"boxes":[[48,92,258,299]],"masks":true}""").ExpectAsync(HttpStatusCode.OK);
        Assert.All(
            answer.GetProperty("detections").EnumerateArray(),
            d => Assert.True(d.GetProperty("mask").GetProperty("area").GetInt32() > 0));
    }

    [Fact]
    public async Task Segment_SecondClick_SpendsNoTimeOnDecodingOrPreprocessing()
    {
        var id = await _http.UploadSampleAsync();
        await SegmentAsync(id, """{"prompts":[{"points":[{"x":150,"y":200}]}]}""");
        var response = await _http.PostTextAsync($"/v1/images/{id}/segment", """{"prompts":[{"points":[{"x":10,"y":20}]}]}""");
        var timing = response.Headers.GetValues("Server-Timing").Single();
        Assert.StartsWith("decode;dur=0, preprocess;dur=0, queue;dur=", timing);
    }

    private Task<JsonElement> SegmentAsync(string id, string request) =>
        _http.PostTextAsync($"/v1/images/{id}/segment", request).ExpectAsync(HttpStatusCode.OK);
}
