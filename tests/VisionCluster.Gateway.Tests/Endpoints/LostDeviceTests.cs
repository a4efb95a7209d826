using System.Net;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Endpoints;

public sealed class LostDeviceTests
{
    private const string Click = """{"prompts":[{"points":[{"x":150,"y":200}]}]}""";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Device_LostAndRebuilt_UnreadiesTheSiloAndItsSessionsAreEncodedOnceMore()
    {
        await using var server = await VisionTestServer.StartAsync(
            null, "Vision:Models:Load:0=starter-sam", "Vision:Devices:RebuildDelaySeconds=6");
        var path = $"/v1/images/{await server.Http.UploadSampleAsync()}/segment";
        await server.Http.PostTextAsync(path, Click).ExpectAsync(HttpStatusCode.OK);
        var encoded = server.Device().ImagesEncoded;

        server.LoseDevice();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadinessAsync(server));
        await Eventually.TrueAsync(async () => await ReadinessAsync(server) == HttpStatusCode.OK, Limit, "the device is rebuilt");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.Http.PostTextAsync(path, Click).ExpectAsync(HttpStatusCode.OK)));
        Assert.Equal(encoded + 1, server.Device().ImagesEncoded);

        // The same for an embedding that only had to make room.
        server.Device().Embeddings.Clear();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.Http.PostTextAsync(path, Click).ExpectAsync(HttpStatusCode.OK)));
        Assert.Equal(encoded + 2, server.Device().ImagesEncoded);
    }

    private static async Task<HttpStatusCode> ReadinessAsync(VisionTestServer server)
    {
        using var answer = await server.Http.GetAsync("/health/ready");
        return answer.StatusCode;
    }
}
