using System.Net;
using System.Text;

namespace VisionCluster.Client.Tests.Http;

/// <summary>Answers every request alike and keeps the last one.</summary>
internal sealed class CannedAnswers(Func<HttpResponseMessage> answer) : HttpMessageHandler
{
    public HttpRequestMessage? Last { get; private set; }

    public static CannedAnswers Of(HttpStatusCode status, string body, string type = "application/json") =>
        new(() => new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, type) });

    /// <summary>A client whose server this is.</summary>
    public HttpVisionClient Client(string? key = null) => new(
        new HttpClient(this) { BaseAddress = new Uri("http://vision.test/base/") }, new VisionClientOptions { ApiKey = key });

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Last = request;
        return Task.FromResult(answer());
    }
}
