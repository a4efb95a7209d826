using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Gateway.Fetching;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Fetching;

public sealed class UrlUploadTests : IAsyncLifetime
{
    private const string Name = "noto-1";

    private readonly CannedNetwork _network = new(
        host => host == "inner.example" ? [IPAddress.Loopback] : [IPAddress.Parse("93.184.215.14")],
        head => CannedNetwork.Ok(head.StartsWith("GET /text", StringComparison.Ordinal) ? "no picture"u8.ToArray() : Sample.Load(Name).Bytes));

    private VisionTestServer? _server;

    private HttpClient Http => _server!.Http;

    public async Task InitializeAsync() => _server = await VisionTestServer.StartAsync(
        builder => builder.Services.AddSingleton<IOutboundNetwork>(_network),
        "Vision:Models:Load:0=starter-sam", "Vision:Fetching:Hosts:0=*.example", "Vision:Fetching:AllowHttp=true");

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        _network.Dispose();
    }

    [Fact]
    public async Task Upload_Url_IsTheSameImageAsItsBytes()
    {
        var fetched = await UploadAsync("http://good.example/a.png").ExpectAsync(HttpStatusCode.Created);
        Assert.Equal(fetched.GetProperty("id").GetString(), await Http.UploadSampleAsync(Name));
    }

    [Theory]
    [InlineData("http://good.example/text", 415, "UnsupportedImage")]
    [InlineData("http://inner.example/a.png", 403, "Forbidden")]
    [InlineData("http://good.other/a.png", 403, "Forbidden")]
    [InlineData("nonsense", 400, "InvalidRequest")]
    public Task Upload_UrlOfNoPicture_IsRefused(string url, int status, string code) =>
        UploadAsync(url).ExpectProblemAsync((HttpStatusCode)status, code);

    [Theory]
    [InlineData("""{"uri":"http://good.example/"}""")]
    [InlineData("""{"url":null}""")]
    [InlineData("""[]""")]
    [InlineData("")]
    public Task Upload_OtherJson_IsInvalid(string json) =>
        Http.PostTextAsync("/v1/images", json).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");

    [Fact]
    public Task Upload_LongJson_IsTooLarge() =>
        UploadAsync("http://good.example/" + new string('a', 9000)).ExpectProblemAsync(HttpStatusCode.RequestEntityTooLarge, "ImageTooLarge");

    private Task<HttpResponseMessage> UploadAsync(string url) => Http.PostTextAsync("/v1/images", JsonSerializer.Serialize(new { url }));
}
