using System.Net;
using System.Text.Json;
using VisionCluster.TestKit.Onnx;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Endpoints;

/// <summary>A server with a proposals model beside the starter models.</summary>
public sealed class ProposalTests : IAsyncLifetime
{
    private const string Manifest =
        """
        { "name": "tiny-rcnn", "family": "proposals", "version": "1", "files": { "detector": { "path": "detector.onnx" } },
          "image": { "size": 80, "maxSide": 133, "resize": "shortestSide", "interpolation": "bilinear",
                     "mean": [0, 0, 0], "std": [1, 1, 1], "range": 1 } }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("visioncluster-");
    private VisionTestServer? _server;

    private HttpClient Http => _server!.Http;

    public async Task InitializeAsync()
    {
        var model = _folder.CreateSubdirectory("tiny-rcnn");
        await File.WriteAllTextAsync(Path.Combine(model.FullName, "model.json"), Manifest);
        TinyDetectors.SaveTorchvision(Path.Combine(model.FullName, "detector.onnx"));
        _server = await VisionTestServer.StartAsync(
            null,
            $"Vision:Models:Directories:0={Path.Combine(AppContext.BaseDirectory, "models")}",
            $"Vision:Models:Directories:1={_folder.FullName}");
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("crop", "starter-clip")]
    [InlineData("roi", "starter-regionclip")]
    public async Task Detect_ProposalsOfADetector_LabelsItsBoxes(string encoder, string labelledBy)
    {
        var id = await Http.UploadSampleAsync();
        var request = $$"""{"labels":["pizza","dog face"],"proposalModel":"tiny-rcnn","regionEncoder":"{{encoder}}","scoreThreshold":0,"background":false}""";
        var answer = await DetectAsync(id, request);
        Assert.Equal(labelledBy, answer.GetProperty("model").GetString());
        var found = answer.GetProperty("detections").EnumerateArray().ToArray();
        // Two boxes are left of the detector's three, each with both labels.
        Assert.Equal(4, found.Length);
        Assert.All(found, detection => Assert.True(detection.GetProperty("objectness").GetSingle() is > 0 and < 1));
        Assert.Contains(found, detection => Math.Abs(detection.GetProperty("box")[2].GetDouble() - (0.9 * 640)) < 0.01);
        var best = await DetectAsync(id, request.Replace("\"scoreThreshold\":0", "\"scoreThreshold\":0,\"maxProposals\":1", StringComparison.Ordinal));
        Assert.Equal(2, best.GetProperty("detections").GetArrayLength());
    }

    [Fact]
    public async Task Detect_BoxesOfAllMasks_LabelsThemAndFindsThemOnce()
    {
        var id = await Http.UploadSampleAsync();
        var request = """{"labels":["pizza","dog face","automobile","umbrella"],"proposals":"everything","scoreThreshold":0.2}""";
        var answer = await DetectAsync(id, request);
        var found = answer.GetProperty("detections").EnumerateArray().ToArray();
        Assert.NotEmpty(found);
        Assert.All(found, detection => Assert.True(detection.GetProperty("objectness").GetSingle() >= 0.5));
        var truths = Sample.Load("held-twemoji-1").Objects;
        Assert.Contains(found, detection => truths.Any(truth => truth.Label == detection.GetProperty("label").GetString()
            && Iou(truth.Box, [.. detection.GetProperty("box").EnumerateArray().Select(edge => edge.GetDouble())]) > 0.7));
        Assert.Equal(answer.GetRawText(), (await DetectAsync(id, request)).GetRawText());
    }

    [Fact]
    public async Task Detect_WrongProposals_AreRefused()
    {
        var id = await Http.UploadSampleAsync();
        await Http.PostTextAsync($"/v1/images/{id}/detect", """{"labels":["a"],"proposalModel":"none"}""")
            .ExpectProblemAsync(HttpStatusCode.NotFound, "ModelNotFound");
        await Http.PostTextAsync($"/v1/images/{id}/detect", """{"labels":["a"],"proposals":"rpn","boxes":[[0,0,9,9]],"nms":"soft","nmsSigma":0,"maxProposals":0}""")
            .ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
    }

    private static double Iou(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        var shared = Math.Max(0, Math.Min(a[2], b[2]) - Math.Max(a[0], b[0])) * Math.Max(0, Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]));
        return shared / (((a[2] - a[0]) * (a[3] - a[1])) + ((b[2] - b[0]) * (b[3] - b[1])) - shared);
    }

    private Task<JsonElement> DetectAsync(string id, string request) =>
        Http.PostTextAsync($"/v1/images/{id}/detect", request).ExpectAsync(HttpStatusCode.OK);
}
