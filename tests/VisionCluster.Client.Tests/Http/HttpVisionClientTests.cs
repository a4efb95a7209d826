using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Client.Tests.Http;

public sealed class HttpVisionClientTests
{
    private const string Classified = """{"model":"m","results":[],"addedByANewerServer":1}""";

    private static readonly ClassifyRequest Request = new() { Labels = ["a"] };

    [Fact]
    public async Task Calls_WithOptions_SendThemAsHeaders()
    {
        var server = CannedAnswers.Of(HttpStatusCode.OK, Classified);
        var options = new CallOptions { Lane = RequestLane.Bulk, Priority = 3, Timeout = TimeSpan.FromMilliseconds(1500.2) };

        await server.Client("secret").Image("abc").ClassifyAsync(Request, options);

        Assert.Equal("http://vision.test/base/v1/images/abc/classify", server.Last!.RequestUri!.ToString());
        Assert.Equal("secret", Assert.Single(server.Last.Headers.GetValues("X-Api-Key")));
        Assert.Equal("bulk", Assert.Single(server.Last.Headers.GetValues("Vision-Lane")), ignoreCase: true);
        Assert.Equal("3", Assert.Single(server.Last.Headers.GetValues("Vision-Priority")));
        Assert.Equal("1501", Assert.Single(server.Last.Headers.GetValues("Vision-Timeout-Ms")));
    }

    [Fact]
    public async Task Calls_WithoutOptions_LeaveTheChoiceToTheServer()
    {
        var server = CannedAnswers.Of(HttpStatusCode.OK, Classified);

        await server.Client().Image("abc").ClassifyAsync(Request);

        Assert.DoesNotContain(server.Last!.Headers, header => header.Key.StartsWith("Vision-", StringComparison.Ordinal));
        Assert.False(server.Last.Headers.Contains("X-Api-Key"));
    }

    [Fact]
    public async Task Image_IdWithSlashes_StaysOneSegmentOfThePath()
    {
        var server = CannedAnswers.Of(HttpStatusCode.OK, Classified);

        await server.Client().Image("a/../b").ClassifyAsync(Request);

        Assert.EndsWith("/v1/images/a%2F..%2Fb/classify", server.Last!.RequestUri!.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClassifyAsync_ServerTiming_BecomesTimings()
    {
        var server = new CannedAnswers(() => new HttpResponseMessage(HttpStatusCode.OK)
        {
            Headers = { { "Server-Timing", "cache;desc=\"a, b\", decode;dur=1.5, queue;desc=x;dur=0.25, inference;dur=2e1, postprocess;dur=bad" } },
            Content = new StringContent(Classified, MediaTypeHeaderValue.Parse("application/json")),
        });

        var response = await server.Client().Image("abc").ClassifyAsync(Request);

        Assert.Equal(new StageTimings(1.5, 0, 0.25, 20, 0), response.Timings);
    }

    [Fact]
    public async Task ClassifyAsync_NoServerTiming_MeasuredNothing()
    {
        var response = await CannedAnswers.Of(HttpStatusCode.OK, Classified).Client().Image("abc").ClassifyAsync(Request);

        Assert.Equal(StageTimings.Zero, response.Timings);
    }

    [Fact]
    public async Task Calls_ProblemDetails_AreTheServersException()
    {
        var server = new CannedAnswers(() => new HttpResponseMessage(HttpStatusCode.TooManyRequests)
        {
            Headers = { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7)) },
            Content = new StringContent(
                """{"title":"QuotaExceeded","detail":"Enough.","code":"QuotaExceeded","violations":["one","two"]}""",
                MediaTypeHeaderValue.Parse("application/problem+json")),
        });

        var error = await FailAsync(server);

        Assert.Equal(VisionErrorCode.QuotaExceeded, error.Code);
        Assert.Equal("Enough.", error.Message);
        Assert.Equal(TimeSpan.FromSeconds(7), error.RetryAfter);
        Assert.Equal(["one", "two"], error.Violations);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadGateway, "<html>", VisionErrorCode.ModelUnavailable)]
    [InlineData(HttpStatusCode.GatewayTimeout, "", VisionErrorCode.DeadlineExceeded)]
    [InlineData(HttpStatusCode.Unauthorized, "[]", VisionErrorCode.Unauthenticated)]
    [InlineData(HttpStatusCode.NotFound, "null", VisionErrorCode.InvalidRequest)]
    [InlineData(HttpStatusCode.TooManyRequests, """{"code":"99"}""", VisionErrorCode.Overloaded)]
    [InlineData(HttpStatusCode.InternalServerError, """{"code":7,"detail":{}}""", VisionErrorCode.Internal)]
    [InlineData(HttpStatusCode.OK, "<html>", VisionErrorCode.Internal)]
    [InlineData(HttpStatusCode.OK, "null", VisionErrorCode.Internal)]
    public async Task Calls_AnswersOfSomethingElse_AreClearErrors(HttpStatusCode status, string body, VisionErrorCode code) =>
        Assert.Equal(code, (await FailAsync(CannedAnswers.Of(status, body))).Code);

    [Fact]
    public async Task Calls_ConnectionThatDiesAtItsStart_AreModelUnavailable()
    {
        var server = new CannedAnswers(static () => throw new SocketException((int)SocketError.NotConnected));

        Assert.Equal(VisionErrorCode.ModelUnavailable, (await FailAsync(server)).Code);
    }

    [Fact]
    public async Task Calls_NoServer_AreModelUnavailable()
    {
        using var http = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:1") };

        var error = await Assert.ThrowsAsync<VisionException>(() => new HttpVisionClient(http).ListModelsAsync());

        Assert.Equal(VisionErrorCode.ModelUnavailable, error.Code);
    }

    [Fact]
    public async Task Calls_TimeoutOfTheConnection_IsDeadlineExceeded() => Assert.Equal(
        VisionErrorCode.DeadlineExceeded, (await FailAsync(new CannedAnswers(() => throw new TaskCanceledException()))).Code);

    private static Task<VisionException> FailAsync(CannedAnswers server) =>
        Assert.ThrowsAsync<VisionException>(() => server.Client().Image("abc").ClassifyAsync(Request));
}
