using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Endpoints;

[Collection(GatewayServer.Name)]
public sealed class ImageEndpointsTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task Upload_NewImage_Answers201WithLocationAndDescription()
    {
        var sample = Sample.Load("noto-2");
        var response = await _http.UploadAsync(sample.Bytes);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var image = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal($"/v1/images/{image.GetProperty("id").GetString()}", response.Headers.Location?.ToString());
        Assert.Equal(640, image.GetProperty("width").GetInt32());
        Assert.Equal(480, image.GetProperty("height").GetInt32());
        Assert.Equal("png", image.GetProperty("format").GetString());
        Assert.Equal(sample.Bytes.Length, image.GetProperty("bytes").GetInt32());
        Assert.Equal("absent", image.GetProperty("embeddings").GetProperty("sam").GetString());
        Assert.Contains("decode;dur=", response.Headers.GetValues("Server-Timing").Single());
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$", response.Headers.GetValues("traceparent").Single());
    }

    [Fact]
    public async Task Upload_SameBytesAgain_Answers200WithTheSameId()
    {
        var first = await _http.UploadSampleAsync("noto-3");
        var again = await _http.UploadAsync(Sample.Load("noto-3").Bytes);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(first, (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("image/gif")]
    [InlineData("application/octet-stream")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Upload_AnyContentType_IsJudgedByItsBytes(string type)
    {
        await _http.UploadSampleAsync("noto-3");
        Assert.Equal(HttpStatusCode.OK, (await _http.UploadAsync(Sample.Load("noto-3").Bytes, type)).StatusCode);
    }

    [Fact]
    public async Task Upload_Form_IsTheSameImageAsItsBytes()
    {
        var id = await _http.UploadSampleAsync();
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Sample.Load("held-twemoji-1").Bytes), "file", "a.png" } };
        var image = await _http.PostAsync("/v1/images", form).ExpectAsync(HttpStatusCode.OK);
        Assert.Equal(id, image.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Upload_Warm_HasBothEmbeddings()
    {
        using var content = new ByteArrayContent(Sample.Load("noto-1").Bytes);
        var image = await _http.PostAsync("/v1/images?warm=sam,clip", content).ExpectAsync(HttpStatusCode.Created);
        Assert.Equal("ready", image.GetProperty("embeddings").GetProperty("sam").GetString());
        Assert.Equal("ready", image.GetProperty("embeddings").GetProperty("clip").GetString());
    }

    [Fact]
    public async Task Content_Uploaded_GivesTheSameBytes()
    {
        var id = await _http.UploadSampleAsync();
        var response = await _http.GetAsync($"/v1/images/{id}/content");
        Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Sample.Load("held-twemoji-1").Bytes, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Delete_Uploaded_IsNotFoundAfterwardsAndCanBeUploadedAgain()
    {
        var id = await _http.UploadSampleAsync("held-twemoji-2");
        await _http.DeleteAsync($"/v1/images/{id}").ExpectAsync(HttpStatusCode.NoContent);
        await _http.GetAsync($"/v1/images/{id}").ExpectProblemAsync(HttpStatusCode.NotFound, "ImageNotFound");
        Assert.Equal(HttpStatusCode.Created, (await _http.UploadAsync(Sample.Load("held-twemoji-2").Bytes)).StatusCode);
        Assert.Equal(id, (await _http.GetAsync($"/v1/images/{id}").ExpectAsync(HttpStatusCode.OK)).GetProperty("id").GetString());
    }
}
