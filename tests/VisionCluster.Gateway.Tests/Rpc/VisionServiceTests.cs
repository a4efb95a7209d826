using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Gateway.Rpc;
using VisionCluster.Gateway.Rpc.Tasks;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Gateway.Tests.Rpc;

/// <summary>The task API over gRPC gives what it gives over HTTP.</summary>
public sealed class VisionServiceTests(RpcServer rpc) : IClassFixture<RpcServer>
{
    private const string Picture = "held-twemoji-1";

    private readonly Vision.VisionClient _client = new(rpc.Channel);
    private readonly HttpClient _http = rpc.Server.Http;

    [Fact]
    public async Task OpenImage_SameBytesTwice_IsOneImageThatHttpKnowsToo()
    {
        var bytes = ByteString.CopyFrom(Sample.Load("noto-2").Bytes);
        var first = await _client.OpenImageAsync(new OpenImageRequest { Content = bytes, Warm = { "sam", "clip" } });
        Assert.True(first.Created);
        var again = await _client.OpenImageAsync(new OpenImageRequest { Content = bytes });
        Assert.Equal((first.Id, false), (again.Id, again.Created));
        var known = await _http.GetAsync($"/v1/images/{first.Id}").ExpectAsync(HttpStatusCode.OK);
        Assert.Equal((first.Width, first.Height, first.Sha256), (known.GetProperty("width").GetInt32(), known.GetProperty("height").GetInt32(), known.GetProperty("sha256").GetString()));
        Assert.Equal("ready", known.GetProperty("embeddings").GetProperty("sam").GetString(), ignoreCase: true);
        await _client.DeleteImageAsync(new DeleteImageRequest { Id = first.Id });
        await RpcServer.RefusedAsync(_client.SegmentTextAsync(new SegmentTextRequest { Id = first.Id, Text = "dog" }).ResponseAsync, StatusCode.NotFound);
    }

    [Fact]
    public async Task Segment_PointsAndBox_AreTheMasksOfHttp()
    {
        var id = await _http.UploadSampleAsync(Picture);
        var answer = await _client.SegmentAsync(new SegmentRequest
        {
            Id = id,
            Prompts = { new Prompt { Points = { new Point { X = 150, Y = 200 } } }, new Prompt { Box = new Box { X0 = 48, Y0 = 92, X1 = 258, Y1 = 299 } } },
        });
        var http = await _http.PostTextAsync(
            $"/v1/images/{id}/segment", """{"prompts":[{"points":[{"x":150,"y":200}]},{"box":[48,92,258,299]}]}""").ExpectAsync(HttpStatusCode.OK);
        Assert.Equal(
            http.GetProperty("results").EnumerateArray().SelectMany(result => result.GetProperty("masks").EnumerateArray())
                .Select(mask => (mask.GetProperty("area").GetInt64(), mask.GetProperty("rle").GetProperty("counts").GetString())),
            answer.Results.SelectMany(result => result.Masks).Select(mask => (mask.Area, (string?)mask.Rle.Counts)));
        var refined = await _client.SegmentAsync(new SegmentRequest
        {
            Id = id,
            Multimask = false,
            Prompts = { new Prompt { MaskId = answer.Results[0].Masks[0].MaskId } },
            Output = new MaskOptions { Format = MaskOptions.Types.Format.Polygon },
        });
        Assert.NotEmpty(Assert.Single(refined.Results[0].Masks).Polygons);
    }

    [Fact]
    public async Task SegmentText_AWord_FindsIt()
    {
        var id = await _http.UploadSampleAsync(Picture);
        var sample = Sample.Load(Picture);
        var found = await _client.SegmentTextAsync(new SegmentTextRequest { Id = id, Text = sample.Objects[0].Label });
        Assert.Contains(found.Results[0].Masks, mask => mask.Label == sample.Objects[0].Label && mask.Area > 0);
    }

    [Fact]
    public async Task ClassifyAndDetect_Labels_AreTheScoresOfHttp()
    {
        var id = await _http.UploadSampleAsync(Picture);
        var words = new Vocabulary { Labels = { "dog face", "pizza", "guitar" } };
        var classified = await _client.ClassifyAsync(new ClassifyRequest { Id = id, Vocabulary = words, Mode = ClassifyRequest.Types.Mode.Cosine });
        var http = await _http.PostTextAsync($"/v1/images/{id}/classify", """{"labels":["dog face","pizza","guitar"],"mode":"cosine"}""").ExpectAsync(HttpStatusCode.OK);
        Assert.Equal(
            http.GetProperty("results").EnumerateArray().Select(result => (result.GetProperty("label").GetString(), result.GetProperty("score").GetSingle())),
            classified.Results.Select(result => ((string?)result.Label, result.Score)));
        var detected = await _client.DetectAsync(new DetectRequest { Id = id, Vocabulary = words, ScoreThreshold = 0.3f, Masks = true });
        http = await _http.PostTextAsync($"/v1/images/{id}/detect", """{"labels":["dog face","pizza","guitar"],"scoreThreshold":0.3,"masks":true}""").ExpectAsync(HttpStatusCode.OK);
        Assert.Equal(
            http.GetProperty("detections").EnumerateArray().Select(found => (found.GetProperty("label").GetString(), found.GetProperty("score").GetSingle(), found.GetProperty("box")[0].GetDouble(), found.GetProperty("mask").GetProperty("area").GetInt64())),
            detected.Detections.Select(found => ((string?)found.Label, found.Score, found.Box.X0, found.Mask.Area)));
        Assert.NotEmpty(detected.Detections);
    }

    [Fact]
    public async Task EmbedAndSearch_TextsAndImages_AreThoseOfHttp()
    {
        var opened = await _client.OpenImageAsync(new OpenImageRequest { Content = ByteString.CopyFrom(Sample.Load("noto-1").Bytes), Warm = { "clip" } });
        var embedded = await _client.EmbedAsync(new EmbedRequest
        {
            Inputs = { new EmbedInput { Text = "a pizza" }, new EmbedInput { Image = opened.Id }, new EmbedInput { Content = ByteString.CopyFrom(Sample.Load("noto-1").Bytes) } },
        });
        var http = await _http.PostAsJsonAsync("/v1/embeddings", new { input = new object[] { "a pizza", new { image = opened.Id } } });
        var data = (await http.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(data[i].GetProperty("embedding").Deserialize<float[]>(), embedded.Embeddings[i].Values);
        }

        Assert.All(embedded.Embeddings[1].Values.Zip(embedded.Embeddings[2].Values), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.True(embedded.Tokens > 0);
        var found = await _client.SearchAsync(new SearchRequest { Image = opened.Id, TopK = 1 });
        Assert.Equal(opened.Id, Assert.Single(found.Results).Id);
        Assert.True(found.Complete);
    }

    [Fact]
    public async Task Everything_OfAPicture_StreamsProgressMasksAndTheEnd()
    {
        var id = await _http.UploadSampleAsync(Picture);
        using var call = _client.Everything(new EverythingRequest { Id = id, PointsPerSide = 4, PredIouThresh = 0.5f, StabilityScoreThresh = 0.5f });
        var updates = new List<EverythingUpdate>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            updates.Add(call.ResponseStream.Current);
        }

        Assert.Equal(EverythingUpdate.UpdateOneofCase.Done, updates[^1].UpdateCase);
        Assert.Contains(updates, update => update.UpdateCase == EverythingUpdate.UpdateOneofCase.Progress);
        var masks = updates.Where(update => update.Mask is not null).Select(update => update.Mask.Id).Distinct()
            .Except(updates.Where(update => update.Dropped is not null).SelectMany(update => update.Dropped.Ids)).Order();
        Assert.Equal(updates[^1].Done.Masks.Order(), masks);
        Assert.NotEmpty(updates[^1].Done.Masks);
    }

    [Fact]
    public async Task AnyTask_WhatIsWrong_HasTheCodeOfHttp()
    {
        var id = await _http.UploadSampleAsync(Picture);
        await ExpectAsync(_client.OpenImageAsync(new OpenImageRequest()).ResponseAsync, StatusCode.InvalidArgument, "InvalidRequest");
        await ExpectAsync(_client.OpenImageAsync(new OpenImageRequest { Content = ByteString.CopyFromUtf8("no picture") }).ResponseAsync, StatusCode.InvalidArgument, "UnsupportedImage");
        await ExpectAsync(_client.OpenImageAsync(new OpenImageRequest { Content = ByteString.CopyFrom(new byte[(32 << 20) + 1]) }).ResponseAsync, StatusCode.InvalidArgument, "ImageTooLarge");
        await ExpectAsync(_client.SegmentAsync(new SegmentRequest { Id = id }).ResponseAsync, StatusCode.InvalidArgument, "InvalidRequest");
        await ExpectAsync(_client.SegmentAsync(new SegmentRequest { Id = id, Prompts = { new Prompt { Points = { new Point { X = double.NaN } } } } }).ResponseAsync, StatusCode.InvalidArgument, "InvalidRequest");
        await ExpectAsync(_client.SegmentAsync(new SegmentRequest { Id = id, Prompts = { new Prompt { Points = { new Point { X = 1e9 } } } } }).ResponseAsync, StatusCode.InvalidArgument, "InvalidRequest");
        await ExpectAsync(_client.SegmentAsync(new SegmentRequest { Id = id, Prompts = { new Prompt { MaskId = "unknown" } } }).ResponseAsync, StatusCode.NotFound, "MaskNotFound");
        await ExpectAsync(_client.ClassifyAsync(new ClassifyRequest { Id = id }).ResponseAsync, StatusCode.InvalidArgument, "InvalidRequest");
        await ExpectAsync(_client.ClassifyAsync(new ClassifyRequest { Id = id, Vocabulary = new Vocabulary { LabelSet = "none" } }).ResponseAsync, StatusCode.NotFound, "LabelSetNotFound");
        await ExpectAsync(_client.DetectAsync(new DetectRequest { Id = "../other", Vocabulary = new Vocabulary { Labels = { "dog" } } }).ResponseAsync, StatusCode.NotFound, "ImageNotFound");
        await ExpectAsync(_client.EmbedAsync(new EmbedRequest { Inputs = { new EmbedInput() } }).ResponseAsync, StatusCode.InvalidArgument, "InvalidRequest");
        await ExpectAsync(_client.SearchAsync(new SearchRequest()).ResponseAsync, StatusCode.InvalidArgument, "InvalidRequest");
        await ExpectAsync(_client.ClassifyAsync(new ClassifyRequest { Id = id, Model = "nothing", Vocabulary = new Vocabulary { Labels = { "dog" } } }).ResponseAsync, StatusCode.NotFound, "ModelNotFound");
        using var call = _client.Everything(new EverythingRequest { Id = id, PointsPerSide = 1000 });
        await ExpectAsync(call.ResponseStream.MoveNext(CancellationToken.None), StatusCode.InvalidArgument, "InvalidRequest");
    }

    [Fact]
    public void Requests_OfMessages_TravelBetweenSilos()
    {
        var serializer = rpc.Server.Services.GetRequiredService<Orleans.Serialization.Serializer>();
        var words = new Vocabulary { Labels = { "dog" }, Templates = { "a {}" } };
        var detect = TaskRequests.ToRequest(new DetectRequest { Vocabulary = words, Boxes = { new Box { X1 = 5, Y1 = 5 } } });
        Assert.Equal(["dog"], serializer.Deserialize<Contracts.Detection.DetectRequest>(serializer.SerializeToArray(detect))!.Labels);
        var classify = TaskRequests.ToRequest(new ClassifyRequest { Vocabulary = words });
        Assert.Equal(["a {}"], serializer.Deserialize<Contracts.Classification.ClassifyRequest>(serializer.SerializeToArray(classify))!.Templates.Own);
        var segment = TaskRequests.ToRequest(new SegmentRequest { Prompts = { new Prompt { Points = { new Point { X = 1, Y = 2, Label = 0 } } } } });
        var copy = serializer.Deserialize<Contracts.Segmentation.SegmentRequest>(serializer.SerializeToArray(segment))!;
        Assert.Equal(new Contracts.Segmentation.PromptPoint(1, 2, 0), copy.Prompts[0].Points[0]);
    }

    private static async Task ExpectAsync(Task call, StatusCode status, string code) =>
        Assert.Equal(code, (await RpcServer.RefusedAsync(call, status)).Trailers.GetValue("vision-error-code"));
}
