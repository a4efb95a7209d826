using System.Net;
using System.Text.Json;
using VisionCluster.TestKit.Onnx;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Endpoints;

/// <summary>Exports of SAM 2 behind the API of every other SAM model.</summary>
public sealed class Sam2EndpointTests : IAsyncLifetime
{
    private VisionTestServer _server = null!;

    public async Task InitializeAsync() =>
        _server = await VisionTestServer.StartAsync(null, $"Vision:Models:Directories:0={TinySam2.Directory}");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("tiny-sam2-huggingface")]
    [InlineData("tiny-sam2-meta")]
    public async Task Segment_PointsBoxesAndBoth_GivesThreeMasksEach(string model)
    {
        var id = await _server.Http.UploadSampleAsync();

        var answer = await _server.Http.PostTextAsync(
            $"/v1/images/{id}/segment",
            $$"""{"model":"{{model}}","prompts":[{"points":[{"x":150,"y":200}]},{"box":[48,92,258,299]},{"points":[{"x":9,"y":9,"label":0}],"box":[48,92,258,299]}]}""")
            .ExpectAsync(HttpStatusCode.OK);

        Assert.Equal(model, answer.GetProperty("model").GetString());
        var results = answer.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(3, results.Length);
        Assert.All(results, result => Assert.Equal(3, result.GetProperty("masks").GetArrayLength()));
    }

    [Theory]
    [InlineData("tiny-sam2-huggingface", HttpStatusCode.BadRequest)]
    [InlineData("tiny-sam2-meta", HttpStatusCode.OK)]
    public async Task Segment_EarlierMask_IsRefinedWhereTheExportTakesOne(string model, HttpStatusCode status)
    {
        var id = await _server.Http.UploadSampleAsync();
        var first = await _server.Http.PostTextAsync(
            $"/v1/images/{id}/segment",
            $$"""{"model":"{{model}}","prompts":[{"points":[{"x":150,"y":200}]}],"multimask":false}""").ExpectAsync(HttpStatusCode.OK);
        var mask = first.GetProperty("results")[0].GetProperty("masks")[0].GetProperty("maskId").GetString();

        await _server.Http.PostTextAsync(
            $"/v1/images/{id}/segment",
            $$"""{"model":"{{model}}","prompts":[{"points":[{"x":150,"y":200}],"maskId":"{{mask}}"}],"multimask":false}""").ExpectAsync(status);
    }

    [Fact]
    public async Task Everything_SamTwo_FindsMasks()
    {
        var id = await _server.Http.UploadSampleAsync();

        var answer = await _server.Http.PostTextAsync(
            $"/v1/images/{id}/everything",
            """{"model":"tiny-sam2-huggingface","pointsPerSide":3,"predIouThresh":0,"stabilityScoreThresh":0}""").ExpectAsync(HttpStatusCode.OK);

        Assert.Equal("tiny-sam2-huggingface", answer.GetProperty("model").GetString());
        Assert.NotEqual(0, answer.GetProperty("masks").GetArrayLength());
        Assert.All(answer.GetProperty("masks").EnumerateArray(), mask => Assert.NotEqual(JsonValueKind.Undefined, mask.GetProperty("bbox").ValueKind));
    }
}
