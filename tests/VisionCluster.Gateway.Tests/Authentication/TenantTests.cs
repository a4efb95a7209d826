using System.Net;
using System.Security.Cryptography;
using System.Text;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Authentication;

/// <summary>Two tenants on one server.</summary>
public sealed class TenantTests : IAsyncLifetime
{
    private VisionTestServer? _server;

    private VisionTestServer Server => _server!;

    public async Task InitializeAsync() => _server = await VisionTestServer.StartAsync(
        null,
        "Vision:Authentication:Keys:0:Tenant=red", $"Vision:Authentication:Keys:0:Sha256={Digest("red key")}",
        "Vision:Authentication:Keys:1:Tenant=blue", $"Vision:Authentication:Keys:1:Sha256={Digest("blue key")}",
        "Vision:Authentication:Keys:2:Tenant=ops", $"Vision:Authentication:Keys:2:Sha256={Digest("ops key")}", "Vision:Authentication:Keys:2:Operator=true",
        "Vision:Authentication:Keys:3:Tenant=eager", $"Vision:Authentication:Keys:3:Sha256={Digest("eager key")}",
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

    private static string Digest(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static string WithoutTrace(string problem) => problem[..problem.IndexOf("traceId", StringComparison.Ordinal)];

    private HttpClient Client(string key)
    {
        var client = new HttpClient { BaseAddress = Server.Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }
}
