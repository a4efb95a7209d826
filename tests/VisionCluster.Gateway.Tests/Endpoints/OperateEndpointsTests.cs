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
        var names = new HashSet<string?>();
        // The silo reports its devices within a second of its start.
        for (var attempt = 0; attempt < 50 && names.Count == 0; attempt++)
        {
            var models = await _http.GetAsync("/v1/models").ExpectAsync(HttpStatusCode.OK);
            names = models.EnumerateArray().Select(model => model.GetProperty("name").GetString()).ToHashSet();
            await Task.Delay(TimeSpan.FromMilliseconds(names.Count == 0 ? 100 : 0), TimeProvider.System);
        }

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
