using System.Net;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Endpoints;

[Collection(GatewayServer.Name)]
public sealed class OperateEndpointsTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/docs")]
    public async Task Get_StartedServer_AnswersOk(string path) =>
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync(path)).StatusCode);

    [Fact]
    public async Task Models_StarterModels_AreListed()
    {
        var models = await _http.GetAsync("/v1/models").ExpectAsync(HttpStatusCode.OK);
        var names = models.EnumerateArray().Select(model => model.GetProperty("name").GetString()).ToHashSet();

        Assert.Superset(new HashSet<string?> { "starter-clip", "starter-sam" }, names);
    }

    [Fact]
    public async Task OpenApi_EveryEndpoint_IsDescribed()
    {
        var document = await _http.GetAsync("/openapi/v1.json").ExpectAsync(HttpStatusCode.OK);
        var paths = document.GetProperty("paths");
        Assert.All(
            new[] { "/v1/images", "/v1/images/{id}", "/v1/images/{id}/segment", "/v1/images/{id}/classify", "/v1/images/{id}/detect" },
            path => Assert.True(paths.TryGetProperty(path, out _), path));
        Assert.Contains("[x0, y0, x1, y1]", document.ToString());
    }

    [Fact]
    public async Task OpenApi_EveryJsonRequest_HasAnExampleThatIsAnswered()
    {
        var id = await _http.UploadSampleAsync();
        var document = await _http.GetAsync("/openapi/v1.json").ExpectAsync(HttpStatusCode.OK);
        var asked = 0;
        foreach (var path in document.GetProperty("paths").EnumerateObject().Where(path => path.Name.StartsWith("/v1/", StringComparison.Ordinal)))
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                if (!operation.Value.TryGetProperty("requestBody", out var body)
                    || !body.GetProperty("content").TryGetProperty("application/json", out var json))
                {
                    continue;
                }

                Assert.True(json.TryGetProperty("example", out var example), $"{operation.Name} {path.Name} has no example.");
                var url = path.Name.Replace("{id}", id, StringComparison.Ordinal).Replace("{name}", "example", StringComparison.Ordinal);
                using var request = new HttpRequestMessage(HttpMethod.Parse(operation.Name), url)
                {
                    Content = new StringContent(example.GetRawText(), System.Text.Encoding.UTF8, "application/json"),
                };
                using var answer = await _http.SendAsync(request);
                Assert.True(answer.IsSuccessStatusCode, $"{operation.Name} {url}: {await answer.Content.ReadAsStringAsync()}");
                asked++;
            }
        }

        Assert.Equal(9, asked);
    }

    [Fact]
    public async Task Metrics_AfterACall_CountStagesAndBatches()
    {
        var id = await _http.UploadSampleAsync();
        await _http.PostTextAsync($"/v1/images/{id}/segment", """{"prompts":[{"points":[{"x":1,"y":1}]}]}""").ExpectAsync(HttpStatusCode.OK);
        var metrics = await _http.GetStringAsync("/metrics");
        Assert.Contains("vision_stage_duration_seconds_bucket{", metrics);
        Assert.Contains("vision_stage=\"postprocess\"", metrics);
        Assert.Contains("vision_batch_size", metrics);
        Assert.Contains("vision_graph=\"starter-sam/maskDecoder\"", metrics);
    }
}
