using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Endpoints;

[Collection(GatewayServer.Name)]
public sealed class BatchEndpointTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task Batch_Files_AnswersALineForEachAndEmbedsTheGoodOnes()
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(Sample.Load("noto-1").Bytes), "file", "one.png" },
            { new ByteArrayContent("no image"u8.ToArray()), "file", "two.png" },
            { new ByteArrayContent(Sample.Load("noto-2").Bytes), "file", "three.png" },
        };

        using var response = await _http.PostAsync("/v1/images:batch?warm=sam,clip", form);

        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.MediaType);
        var lines = await LinesAsync(response);
        Assert.Equal(["one.png", "two.png", "three.png"], lines.Select(line => line.GetProperty("name").GetString()));
        Assert.Equal("UnsupportedImage", lines[1].GetProperty("error").GetProperty("code").GetString());
        foreach (var line in (JsonElement[])[lines[0], lines[2]])
        {
            var embeddings = line.GetProperty("image").GetProperty("embeddings");
            Assert.Equal("ready", embeddings.GetProperty("sam").GetString());
            Assert.Equal("ready", embeddings.GetProperty("clip").GetString());
        }
    }

    [Fact]
    public async Task Batch_Ids_EmbedsThoseThatAreThere()
    {
        var id = await _http.UploadSampleAsync("noto-3");

        using var response = await _http.PostAsJsonAsync("/v1/images:batch", new { ids = (string[])[new string('0', 32), id] });

        var lines = await LinesAsync(response);
        Assert.Equal("ImageNotFound", lines[0].GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("ready", lines[1].GetProperty("image").GetProperty("embeddings").GetProperty("sam").GetString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"ids":[]}""")]
    [InlineData("[1]")]
    public async Task Batch_BodyThatNamesNoImage_IsRefused(string json) =>
        await _http.PostTextAsync("/v1/images:batch", json).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");

    [Fact]
    public async Task Batch_FileTooLarge_IsOneLineAndTheNextIsTaken()
    {
        await using var server = await VisionTestServer.StartAsync(null, "Vision:Gateway:MaxImageBytes=400000");
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(new byte[500_000]), "file", "large.png" },
            { new ByteArrayContent(Sample.Load("noto-1").Bytes), "file", "small.png" },
        };

        var lines = await LinesAsync(await server.Http.PostAsync("/v1/images:batch", form));

        Assert.Equal("ImageTooLarge", lines[0].GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("ready", lines[1].GetProperty("image").GetProperty("embeddings").GetProperty("sam").GetString());
    }

    [Fact]
    public async Task Batch_MoreImagesThanAllowed_EndsWithAnError()
    {
        await using var server = await VisionTestServer.StartAsync(null, "Vision:Gateway:MaxBatchImages=1");
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent("a"u8.ToArray()), "file", "a.png" },
            { new ByteArrayContent("b"u8.ToArray()), "file", "b.png" },
        };

        var text = await (await server.Http.PostAsync("/v1/images:batch", form)).Content.ReadAsStringAsync();

        Assert.Contains("at most 1 images", text, StringComparison.Ordinal);
    }

    private static async Task<JsonElement[]> LinesAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .OrderBy(line => line.GetProperty("index").GetInt32())];
    }
}
