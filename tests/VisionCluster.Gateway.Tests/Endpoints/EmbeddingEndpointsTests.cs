using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using VisionCluster.TestKit.ReferenceData;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Endpoints;

[Collection(GatewayServer.Name)]
public sealed class EmbeddingEndpointsTests(SharedServer shared)
{
    private static readonly string TooLong = string.Join(' ', Enumerable.Repeat("elephant", 100));

    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task Embed_TextImageAndSession_AnswersInOpenAisShape()
    {
        var id = await _http.UploadSampleAsync();
        var image = Convert.ToBase64String(Sample.Load("held-twemoji-1").Bytes);
        var answer = await EmbedAsync($$"""{"input":["a dog","data:image/png;base64,{{image}}",{"image":"{{id}}"},"a cat"]}""");
        Assert.Equal("list", answer.GetProperty("object").GetString());
        Assert.Equal("starter-clip", answer.GetProperty("model").GetString());
        var data = answer.GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal([0, 1, 2, 3], data.Select(item => item.GetProperty("index").GetInt32()));
        Assert.All(data, item => Assert.Equal("embedding", item.GetProperty("object").GetString()));
        var rows = data.Select(Numbers).ToArray();
        Assert.All(rows, row => Assert.Equal(1, row.Sum(v => (double)v * v), 1e-4));
        // The session's bytes are the same picture.
        Assert.Equal(1, Cosine(rows[1], rows[2]), 1e-5);
        Assert.True(Cosine(rows[0], rows[3]) < 0.999);
        // Start, two words, end; twice.
        Assert.Equal(8, answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(8, answer.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task Embed_Base64_CarriesTheNumbersOfFloat()
    {
        var numbers = Numbers((await EmbedAsync("""{"input":"a dog","encoding_format":"float"}""")).GetProperty("data")[0]);
        var base64 = (await EmbedAsync("""{"input":"a dog","encoding_format":"base64","user":"me"}""")).GetProperty("data")[0];
        Assert.Equal(numbers, MemoryMarshal.Cast<byte, float>(base64.GetProperty("embedding").GetBytesFromBase64()).ToArray());
    }

    [Fact]
    public async Task Embed_TooManyTokens_IsRefusedUnlessCut()
    {
        await _http.PostTextAsync("/v1/embeddings", $$"""{"input":"{{TooLong}}"}""").ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
        var cut = await EmbedAsync($$"""{"input":"{{TooLong}}","truncate":true}""");
        Assert.Equal(77, cut.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Theory]
    [InlineData("""{"input":[]}""", HttpStatusCode.BadRequest, "InvalidRequest")]
    [InlineData("""{}""", HttpStatusCode.BadRequest, "InvalidRequest")]
    [InlineData("""{"input":[1]}""", HttpStatusCode.BadRequest, "InvalidRequest")]
    [InlineData("""{"input":"a","model":"none"}""", HttpStatusCode.NotFound, "ModelNotFound")]
    [InlineData("""{"input":{"image":"00"}}""", HttpStatusCode.NotFound, "ImageNotFound")]
    [InlineData("""{"input":"data:image/png;base64,AQID"}""", HttpStatusCode.UnsupportedMediaType, "UnsupportedImage")]
    public async Task Embed_WhatCannotBe_IsRefused(string json, HttpStatusCode status, string code) =>
        await _http.PostTextAsync("/v1/embeddings", json).ExpectProblemAsync(status, code);

    [Theory]
    [InlineData("roi")]
    [InlineData("crop")]
    public async Task Regions_JsonAndNpy_CarryTheSameRows(string encoder)
    {
        var id = await _http.UploadSampleAsync();
        var request = $$"""{"boxes":[[48,92,258,299],[300,100,400,200]],"regionEncoder":"{{encoder}}"}""";
        var json = await _http.PostTextAsync($"/v1/images/{id}/regions", request).ExpectAsync(HttpStatusCode.OK);
        var shape = json.GetProperty("shape").EnumerateArray().Select(side => side.GetInt32()).ToArray();
        var data = json.GetProperty("data").GetBytesFromBase64();
        Assert.Equal(2, shape[0]);
        Assert.Equal(shape[0] * shape[1] * sizeof(float), data.Length);
        using var message = new HttpRequestMessage(HttpMethod.Post, $"/v1/images/{id}/regions")
        {
            Content = new StringContent(request, Encoding.UTF8, "application/json"),
            Headers = { { "Accept", "application/x-npy" } },
        };
        using var response = await _http.SendAsync(message);
        Assert.Equal("application/x-npy", response.Content.Headers.ContentType!.MediaType);
        var path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, await response.Content.ReadAsByteArrayAsync());
        var array = NpyFile.Read(path);
        File.Delete(path);
        Assert.Equal(shape, array.Shape);
        Assert.Equal("f4", array.Type);
        Assert.Equal(MemoryMarshal.Cast<byte, float>(data).ToArray(), array.Floats());
    }

    [Fact]
    public async Task Regions_BoxBeyondTheImage_IsRefused()
    {
        var id = await _http.UploadSampleAsync();
        await _http.PostTextAsync($"/v1/images/{id}/regions", """{"boxes":[[0,0,9999,10]]}""").ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
        await _http.PostTextAsync($"/v1/images/{id}/regions", """{"boxes":[]}""").ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
    }

    private static float[] Numbers(JsonElement item) =>
        [.. item.GetProperty("embedding").EnumerateArray().Select(number => number.GetSingle())];

    private static double Cosine(float[] one, float[] other) => one.Zip(other, (a, b) => (double)a * b).Sum();

    private Task<JsonElement> EmbedAsync(string json) => _http.PostTextAsync("/v1/embeddings", json).ExpectAsync(HttpStatusCode.OK);
}
