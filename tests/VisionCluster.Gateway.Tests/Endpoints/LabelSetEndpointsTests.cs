using System.Net;
using System.Text;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Endpoints;

[Collection(GatewayServer.Name)]
public sealed class LabelSetEndpointsTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task LabelSet_PutGetUseDelete_GoTheWholeWay()
    {
        var made = await PutAsync("way", """{"labels":["pizza","dog face"],"templates":"imagenet80"}""").ExpectAsync(HttpStatusCode.Created);
        Assert.Equal("way", made.GetProperty("name").GetString());
        await PutAsync("way", """{"labels":["pizza","dog face"],"templates":"imagenet7"}""").ExpectAsync(HttpStatusCode.OK);
        var got = await _http.GetAsync("/v1/label-sets/way").ExpectAsync(HttpStatusCode.OK);
        Assert.Equal("imagenet7", got.GetProperty("templates").GetString());
        Assert.Equal(2, got.GetProperty("labels").GetArrayLength());
        var id = await _http.UploadSampleAsync();
        var answer = await _http.PostTextAsync($"/v1/images/{id}/classify", """{"labelSet":"way"}""").ExpectAsync(HttpStatusCode.OK);
        Assert.Equal(2, answer.GetProperty("results").GetArrayLength());
        await _http.DeleteAsync("/v1/label-sets/way").ExpectAsync(HttpStatusCode.NoContent);
        await _http.DeleteAsync("/v1/label-sets/way").ExpectProblemAsync(HttpStatusCode.NotFound, "LabelSetNotFound");
        await _http.PostTextAsync($"/v1/images/{id}/classify", """{"labelSet":"way"}""")
            .ExpectProblemAsync(HttpStatusCode.NotFound, "LabelSetNotFound");
    }

    [Theory]
    [InlineData("a%2Fb", """{"labels":["x"]}""")]
    [InlineData("-", """{"labels":["x"]}""")]
    [InlineData("good", """{"labels":[]}""")]
    [InlineData("good", """{"labels":[" "]}""")]
    [InlineData("good", """{"labels":["x"],"templates":"imagenet81"}""")]
    [InlineData("good", """{}""")]
    public async Task Put_WrongNameOrLabels_IsRefused(string name, string json) =>
        await PutAsync(name, json).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");

    [Fact]
    public async Task Put_MoreSetsThanATenantMayHave_IsRefusedUntilOneIsDeleted()
    {
        const string Labels = """{"labels":["x"]}""";
        await using var server = await VisionTestServer.StartAsync(null, "Vision:LabelSets:SetsPerTenant=2");
        await PutAsync("one", Labels, server.Http).ExpectAsync(HttpStatusCode.Created);
        await PutAsync("two", Labels, server.Http).ExpectAsync(HttpStatusCode.Created);

        await PutAsync("three", Labels, server.Http).ExpectProblemAsync(HttpStatusCode.TooManyRequests, "QuotaExceeded");

        await PutAsync("two", Labels, server.Http).ExpectAsync(HttpStatusCode.OK);
        await server.Http.GetAsync("/v1/label-sets/three").ExpectProblemAsync(HttpStatusCode.NotFound, "LabelSetNotFound");
        await server.Http.DeleteAsync("/v1/label-sets/one").ExpectAsync(HttpStatusCode.NoContent);
        await PutAsync("three", Labels, server.Http).ExpectAsync(HttpStatusCode.Created);
    }

    private Task<HttpResponseMessage> PutAsync(string name, string json, HttpClient? http = null) =>
        (http ?? _http).PutAsync($"/v1/label-sets/{name}", new StringContent(json, Encoding.UTF8, "application/json"));
}
