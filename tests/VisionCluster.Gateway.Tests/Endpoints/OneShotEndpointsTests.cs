using System.Net;
using System.Security.Cryptography;
using System.Text;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Endpoints;

[Collection(GatewayServer.Name)]
public sealed class OneShotEndpointsTests(SharedServer shared)
{
    private const string Request = """{"labels":["dog face","guitar","pizza"],"topK":2}""";

    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task Classify_OneImage_AnswersAsItsSessionDoesAndKeepsNone()
    {
        var bytes = Sample.Load("noto-1").Bytes;
        var answer = await PostAsync([bytes], Request).ExpectAsync(HttpStatusCode.OK);
        var id = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));
        var kept = await _http.GetAsync($"/v1/images/{id}");
        var session = await _http.UploadSampleAsync("noto-1");
        var same = await _http.PostTextAsync($"/v1/images/{session}/classify", Request).ExpectAsync(HttpStatusCode.OK);
        Assert.Equal(same.GetRawText(), answer.GetRawText());
        Assert.Equal(2, answer.GetProperty("results").GetArrayLength());
        await _http.DeleteAsync($"/v1/images/{session}");
        Assert.Equal(HttpStatusCode.NotFound, kept.StatusCode);
    }

    [Fact]
    public async Task Classify_ManyImages_AnswersEachInOrder()
    {
        var (one, other) = (Sample.Load("noto-1").Bytes, Sample.Load("held-twemoji-1").Bytes);
        var answer = await PostAsync([one, other, one], Request).ExpectAsync(HttpStatusCode.OK);
        var images = answer.GetProperty("images").EnumerateArray().Select(image => image.GetRawText()).ToArray();
        Assert.Equal(3, images.Length);
        Assert.Equal(images[0], images[2]);
        Assert.NotEqual(images[0], images[1]);
        Assert.False(answer.TryGetProperty("results", out _));
    }

    [Fact]
    public async Task Classify_WrongForms_AreRefused()
    {
        var image = Sample.Load("noto-1").Bytes;
        await PostAsync([], Request).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
        await PostAsync([image], null).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
        await PostAsync([image], "{").ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
        await PostAsync([image], """{"labels":["a"],"colour":1}""").ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
        await PostAsync([image], """{"labels":["a"],"labelSet":"b"}""").ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
        await PostAsync([image, [1, 2, 3]], Request).ExpectProblemAsync(HttpStatusCode.UnsupportedMediaType, "UnsupportedImage");
        await _http.PostTextAsync("/v1/classify", Request).ExpectProblemAsync(HttpStatusCode.UnsupportedMediaType, "InvalidRequest");
    }

    private async Task<HttpResponseMessage> PostAsync(byte[][] images, string? request)
    {
        using var form = new MultipartFormDataContent();
        foreach (var image in images)
        {
            form.Add(new ByteArrayContent(image), "file", "image.png");
        }

        if (request is not null)
        {
            form.Add(new StringContent(request, Encoding.UTF8, "application/json"), "request");
        }
        else
        {
            form.Add(new StringContent("x"), "unknown");
        }

        return await _http.PostAsync("/v1/classify", form);
    }
}
