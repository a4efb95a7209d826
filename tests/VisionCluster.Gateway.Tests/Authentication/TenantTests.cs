using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Authentication;

/// <summary>Two tenants on one server.</summary>
public sealed class TenantTests : IAsyncLifetime
{
    private VisionTestServer? _server;

    private VisionTestServer Server => _server!;

    public async Task InitializeAsync() => _server = await VisionTestServer.StartAsync(
        null,
        "Vision:Authentication:Keys:0:Tenant=red", $"Vision:Authentication:Keys:0:Sha256={TestKeys.DigestOf("red key")}",
        "Vision:Authentication:Keys:1:Tenant=blue", $"Vision:Authentication:Keys:1:Sha256={TestKeys.DigestOf("blue key")}",
        "Vision:Authentication:Keys:2:Tenant=ops", $"Vision:Authentication:Keys:2:Sha256={TestKeys.DigestOf("ops key")}", "Vision:Authentication:Keys:2:Operator=true",
        "Vision:Authentication:Keys:3:Tenant=eager", $"Vision:Authentication:Keys:3:Sha256={TestKeys.DigestOf("eager key")}",
        "Vision:Authentication:Keys:4:Tenant=small", $"Vision:Authentication:Keys:4:Sha256={TestKeys.DigestOf("small key")}",
        "Vision:Limits:Tenants:small:Concurrency=1", "Vision:Limits:Tenants:small:Images=1", "Vision:Limits:Tenants:small:Labels=2",
        "Vision:Limits:Tenants:small:LabelSets=1",
        "Vision:Limits:Tenants:eager:RequestsPerSecond=1", "Vision:Limits:Tenants:eager:Burst=5");

    public async Task DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task AnyCall_WithoutOrWithUnknownKey_IsUnauthenticated()
    {
        await Server.Http.GetAsync("/v1/models").ExpectProblemAsync(HttpStatusCode.Unauthorized, "Unauthenticated");
        using var stranger = Client("green key");
        await stranger.GetAsync("/v1/models").ExpectProblemAsync(HttpStatusCode.Unauthorized, "Unauthenticated");
    }

    [Fact]
    public async Task AnyCall_AnotherTenantsImage_IsAnsweredAsAnUnknownOne()
    {
        using var red = Client("red key");
        using var blue = Client("blue key");
        var id = await red.UploadSampleAsync();
        foreach (var path in new[] { $"/v1/images/{id}", $"/v1/images/{id}/content" })
        {
            await blue.GetAsync(path).ExpectProblemAsync(HttpStatusCode.NotFound, "ImageNotFound");
            var others = await (await blue.GetAsync(path)).Content.ReadAsStringAsync();
            var unknown = await (await blue.GetAsync(path.Replace(id, new string('0', 32)))).Content.ReadAsStringAsync();
            Assert.Equal(WithoutTrace(unknown), WithoutTrace(others));
        }

        await blue.DeleteAsync($"/v1/images/{id}").ExpectProblemAsync(HttpStatusCode.NotFound, "ImageNotFound");
        await red.GetAsync($"/v1/images/{id}").ExpectAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Upload_SameBytesByTwoTenants_AreTwoImages()
    {
        using var red = Client("red key");
        using var blue = Client("blue key");
        var id = await red.UploadSampleAsync("noto-1");
        Assert.Equal(id, await blue.UploadSampleAsync("noto-1"));
        await red.DeleteAsync($"/v1/images/{id}").ExpectAsync(HttpStatusCode.NoContent);
        await blue.GetAsync($"/v1/images/{id}").ExpectAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Cluster_AskedByATenant_IsForOperatorsOnly()
    {
        using var red = Client("red key");
        using var operators = Client("ops key");
        await red.GetAsync("/v1/cluster").ExpectProblemAsync(HttpStatusCode.Forbidden, "Forbidden");
        await operators.GetAsync("/v1/cluster").ExpectAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task AnyCall_AboveTheTenantsRate_IsRefusedAndAnotherTenantsIsNot()
    {
        using var eager = Client("eager key");
        using var red = Client("red key");
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 20; i++)
        {
            answers.Add(await eager.GetAsync("/v1/models"));
        }

        var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToArray();
        Assert.InRange(answers.Count(answer => answer.IsSuccessStatusCode), 5, 19);
        Assert.NotEmpty(refused);
        Assert.Contains("QuotaExceeded", await refused[0].Content.ReadAsStringAsync());
        Assert.NotNull(refused[0].Headers.RetryAfter);
        await red.GetAsync("/v1/models").ExpectAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task AnyCall_AboveTheTenantsOtherLimits_IsRefusedClearly()
    {
        using var small = Client("small key");
        using var red = Client("red key");
        var id = await small.UploadSampleAsync("noto-1");
        await small.UploadAsync(Sample.Load("noto-2").Bytes).ExpectProblemAsync(HttpStatusCode.TooManyRequests, "QuotaExceeded");
        Assert.Equal(id, await small.UploadSampleAsync("noto-1"));
        await small.PostTextAsync($"/v1/images/{id}/classify", """{"labels":["a","b","c"]}""").ExpectProblemAsync(HttpStatusCode.Forbidden, "Forbidden");
        await small.PostTextAsync($"/v1/images/{id}/classify", """{"labels":["a","b"]}""").ExpectAsync(HttpStatusCode.OK);
        await PutSetAsync(small, "one", "a", "b", "c").ExpectProblemAsync(HttpStatusCode.Forbidden, "Forbidden");
        await PutSetAsync(small, "one", "a", "b").ExpectAsync(HttpStatusCode.Created);
        await PutSetAsync(small, "two", "a").ExpectProblemAsync(HttpStatusCode.TooManyRequests, "QuotaExceeded");

        // A live connection takes the one place.
        using (var live = new ClientWebSocket())
        {
            live.Options.SetRequestHeader("X-Api-Key", "small key");
            await live.ConnectAsync(new UriBuilder(Server.Url) { Scheme = "ws", Path = $"/v1/images/{id}/live" }.Uri, default);
            await small.GetAsync("/v1/models").ExpectProblemAsync(HttpStatusCode.TooManyRequests, "QuotaExceeded");
            await red.GetAsync("/v1/models").ExpectAsync(HttpStatusCode.OK);
        }

        await Eventually.TrueAsync(
            async () => (await small.GetAsync("/v1/models")).IsSuccessStatusCode, TimeSpan.FromSeconds(30), "the place is free again");
    }

    private static Task<HttpResponseMessage> PutSetAsync(HttpClient client, string name, params string[] labels) =>
        client.PutAsJsonAsync($"/v1/label-sets/{name}", new { labels });

    private static string WithoutTrace(string problem) => problem[..problem.IndexOf("traceId", StringComparison.Ordinal)];

    private HttpClient Client(string key)
    {
        var client = new HttpClient { BaseAddress = Server.Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }
}
