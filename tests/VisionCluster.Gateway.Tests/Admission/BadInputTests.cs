using System.Net;
using System.Text.Json;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Admission;

/// <summary>Hostile and broken requests get the right answer, and the server still serves afterwards.</summary>
[Collection(GatewayServer.Name)]
public sealed class BadInputTests(SharedServer shared) : IAsyncLifetime
{
    private const string Unknown = "0123456789abcdef0123456789abcdef";

    private readonly HttpClient _http = shared.Server.Http;
    private string _id = "";

    public async Task InitializeAsync() => _id = await _http.UploadSampleAsync();

    public async Task DisposeAsync() => await _http.PostTextAsync(
        $"/v1/images/{_id}/segment", """{"prompts":[{"points":[{"x":150,"y":200}]}]}""").ExpectAsync(HttpStatusCode.OK);

    [Fact]
    public Task Upload_EmptyBody_IsInvalid() =>
        _http.UploadAsync([]).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");

    [Fact]
    public Task Upload_Text_IsUnsupported() =>
        _http.UploadAsync("This is no image at all."u8.ToArray()).ExpectProblemAsync(HttpStatusCode.UnsupportedMediaType, "UnsupportedImage");

    [Fact]
    public Task Upload_TruncatedPng_IsCorrupt() =>
        _http.UploadAsync(Sample.Load("noto-1").Bytes[..20_000]).ExpectProblemAsync(HttpStatusCode.UnprocessableEntity, "CorruptImage");

    [Fact]
    public async Task Upload_TruncatedJpeg_IsCorrupt()
    {
        var jpeg = TestPictures.Jpeg(640, 480);
        await _http.UploadAsync(jpeg[..(jpeg.Length / 2)], "image/jpeg").ExpectProblemAsync(HttpStatusCode.UnprocessableEntity, "CorruptImage");
    }

    [Fact]
    public Task Upload_HeaderOfEnormousPng_IsTooLarge() =>
        _http.UploadAsync(TestPictures.PngHeader(60_000, 60_000)).ExpectProblemAsync(HttpStatusCode.RequestEntityTooLarge, "ImageTooLarge");

    [Fact]
    public Task Upload_BodyOf200Megabytes_IsTooLargeBeforeItIsRead() => EndlessContent.OfferAsync(shared.Server.Url, "/v1/images", 200_000_000)
        .ExpectProblemAsync(HttpStatusCode.RequestEntityTooLarge, "ImageTooLarge");

    [Fact]
    public Task Upload_UrlWhereNoHostIsAllowed_IsForbidden() =>
        _http.PostTextAsync("/v1/images", """{"url":"https://example.com/a.png"}""").ExpectProblemAsync(HttpStatusCode.Forbidden, "Forbidden");

    [Theory]
    [InlineData(Unknown)]
    [InlineData("nonsense")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    public async Task AnyCall_UnknownId_IsNotFound(string id)
    {
        await _http.GetAsync($"/v1/images/{id}").ExpectProblemAsync(HttpStatusCode.NotFound, "ImageNotFound");
        await _http.PostTextAsync($"/v1/images/{id}/segment", """{"prompts":[{"points":[{"x":1,"y":1}]}]}""")
            .ExpectProblemAsync(HttpStatusCode.NotFound, "ImageNotFound");
    }

    [Theory]
    [InlineData("""{"prompts":[]}""")]
    [InlineData("""{}""")]
    [InlineData("""{"prompts":null}""")]
    [InlineData("""{"prompts":[{}]}""")]
    [InlineData("""{"prompts":[null]}""")]
    [InlineData("""{"prompts":[{"points":[{"x":641,"y":10}]}]}""")]
    [InlineData("""{"prompts":[{"points":[{"x":-1,"y":10}]}]}""")]
    [InlineData("""{"prompts":[{"points":[{"x":1,"y":1,"label":7}]}]}""")]
    [InlineData("""{"prompts":[{"points":[{"y":1}]}]}""")]
    [InlineData("""{"prompts":[{"box":[10,10,10,20]}]}""")]
    [InlineData("""{"prompts":[{"box":[20,20,10,10]}]}""")]
    [InlineData("""{"prompts":[{"box":[10,10,20]}]}""")]
    [InlineData("""{"prompts":[{"box":[10,10,9999,20]}]}""")]
    [InlineData("""{"prompts":[{"points":[{"x":NaN,"y":1}]}]}""")]
    [InlineData("""{"prompts":[{"points":[{"x":"NaN","y":1}]}]}""")]
    [InlineData("""{"prompts":[{"points":[{"x":1e999,"y":1}]}]}""")]
    [InlineData("""{"prompts":[{"points":[{"x":1,"y":1}],"text":"dog"}]}""")]
    [InlineData("""{"prompts":[{"points":[{"x":1,"y":1}]}],"output":{"format":"gif"}}""")]
    [InlineData("""{"prompts":[{"points":[{"x":1,"y":1}]}],"unknown":1}""")]
    [InlineData("""{"prompts":""")]
    [InlineData("")]
    public Task Segment_BrokenRequest_IsInvalid(string request) =>
        _http.PostTextAsync($"/v1/images/{_id}/segment", request).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");

    [Fact]
    public async Task Segment_SeveralErrors_ListsThemAll()
    {
        var problem = await _http.PostTextAsync(
            $"/v1/images/{_id}/segment", """{"prompts":[{"points":[{"x":-1,"y":1}]},{"box":[1,1,1,1]}]}""").ExpectAsync(HttpStatusCode.BadRequest);
        Assert.Equal(2, problem.GetProperty("violations").GetArrayLength());
    }

    [Fact]
    public Task Classify_TooManyLabels_IsInvalid()
    {
        var request = JsonSerializer.Serialize(new { labels = Enumerable.Range(0, 10_001).Select(i => $"label {i}") });
        return _http.PostTextAsync($"/v1/images/{_id}/classify", request).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
    }

    [Fact]
    public Task Classify_JsonBeyondItsLimit_IsTooLargeBeforeItIsRead() =>
        EndlessContent.OfferAsync(shared.Server.Url, $"/v1/images/{_id}/classify", 17 << 20, "application/json")
            .ExpectProblemAsync(HttpStatusCode.RequestEntityTooLarge, "ImageTooLarge");

    [Theory]
    [InlineData("""{"labels":[]}""")]
    [InlineData("""{"labels":[" "]}""")]
    [InlineData("""{"labels":["a"],"templates":"unheard-of"}""")]
    [InlineData("""{"labels":["a"],"templates":["no place for it"]}""")]
    [InlineData("""{"labels":["a"],"topK":0}""")]
    [InlineData("""{"labels":["a"],"labelSet":"b"}""")]
    public Task Classify_BrokenRequest_IsInvalid(string request) =>
        _http.PostTextAsync($"/v1/images/{_id}/classify", request).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");

    [Fact]
    public Task Classify_LabelOfTooManyTokens_IsInvalid()
    {
        var request = JsonSerializer.Serialize(new { labels = new[] { string.Join(' ', Enumerable.Repeat("word", 100)) } });
        return _http.PostTextAsync($"/v1/images/{_id}/classify", request).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
    }

    [Fact]
    public Task Classify_UnknownModel_IsNotFound() =>
        _http.PostTextAsync($"/v1/images/{_id}/classify", """{"labels":["a"],"model":"none"}""")
            .ExpectProblemAsync(HttpStatusCode.NotFound, "ModelNotFound");

    [Theory]
    [InlineData("""{"labels":["a"],"boxes":[[1,1,1,1]]}""")]
    [InlineData("""{"labels":["a"],"proposals":"boxes"}""")]
    [InlineData("""{"labels":["a"],"boxes":[[1,1,5,5]],"nmsIou":2}""")]
    public Task Detect_BrokenRequest_IsInvalid(string request) =>
        _http.PostTextAsync($"/v1/images/{_id}/detect", request).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");

    [Theory]
    [InlineData("Vision-Lane", "express")]
    [InlineData("Vision-Priority", "-1")]
    [InlineData("Vision-Timeout-Ms", "soon")]
    public async Task Segment_BrokenHeader_IsInvalid(string name, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/images/{_id}/segment")
        {
            Content = new StringContent("""{"prompts":[{"points":[{"x":1,"y":1}]}]}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add(name, value);
        await _http.SendAsync(request).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
    }

    [Fact]
    public async Task AnyCall_WrongMethodOrPath_IsAProblem()
    {
        Assert.Equal("application/problem+json", (await _http.PutAsync("/v1/images", null)).Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync("/v1/nothing")).StatusCode);
    }
}
