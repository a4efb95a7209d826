using System.Net;
using System.Net.Http.Json;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Usage;

public sealed class UsageTests : IAsyncLifetime
{
    private static readonly TimeSpan Told = TimeSpan.FromSeconds(60);

    private VisionTestServer? _server;

    public async Task InitializeAsync() => _server = await VisionTestServer.StartAsync(
        null,
        "Vision:Models:Load:0=starter-sam",
        "Vision:Authentication:Keys:0:Tenant=red", $"Vision:Authentication:Keys:0:Sha256={TestKeys.DigestOf("red key")}",
        "Vision:Authentication:Keys:1:Tenant=blue", $"Vision:Authentication:Keys:1:Sha256={TestKeys.DigestOf("blue key")}");

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    [Fact]
    public async Task Usage_AfterSomeRequests_CountsThemByTenantAndOperation()
    {
        using var red = _server!.ClientOf("red key");
        using var blue = _server!.ClientOf("blue key");
        var id = await red.UploadSampleAsync();
        for (var i = 0; i < 3; i++)
        {
            await red.PostTextAsync($"/v1/images/{id}/segment", """{"prompts":[{"points":[{"x":150,"y":200}]}]}""").ExpectAsync(HttpStatusCode.OK);
        }

        await red.GetAsync("/v1/images/00000000000000000000000000000000").ExpectProblemAsync(HttpStatusCode.NotFound, "ImageNotFound");
        await blue.GetAsync("/v1/models").ExpectAsync(HttpStatusCode.OK);
        var usage = new TenantUsage();
        await Eventually.TrueAsync(
            async () => (usage = await UsageAsync(red)) is { Refused: > 0 } && usage.Operations.GetValueOrDefault("Segment") >= 3,
            Told,
            "the gateway has told what it counted");
        Assert.Equal((1, 3), (usage.Operations["UploadImage"], usage.Operations["Segment"]));
        Assert.Equal(1, usage.Refused);
        Assert.InRange(usage.BytesSent, 60_724, 62_000);
        await Eventually.TrueAsync(
            async () => (await UsageAsync(blue)).Operations.GetValueOrDefault("ListModels") == 1, Told, "blue's requests are counted apart");
        Assert.False((await UsageAsync(blue)).Operations.ContainsKey("Segment"));
    }

    private static async Task<TenantUsage> UsageAsync(HttpClient client) => (await client.GetFromJsonAsync<TenantUsage>("/v1/usage"))!;
}
