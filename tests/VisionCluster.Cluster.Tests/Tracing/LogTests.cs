using System.Diagnostics;
using System.Net;
using VisionCluster.Cluster.Tests.Faults;
using VisionCluster.Cluster.Tests.Processes;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Telemetry;

namespace VisionCluster.Cluster.Tests.Tracing;

/// <summary>A server, a process of its own that exports its logs to a collector.</summary>
public sealed class LogTests
{
    [Fact]
    public async Task RefusedOrder_WithATrace_IsLoggedInItsRequestsSpan()
    {
        await using var collector = await OtlpCollector.StartAsync();
        using var server = ServerProcess.Start(
            ["Vision:Models:Load:0=starter-sam", "Logging:LogLevel:VisionCluster.Audit=Information", .. collector.Settings]);
        await server.WaitUntilReadyAsync();
        using var http = new HttpClient { BaseAddress = server.Url };
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/cluster/drain?host=nobody");
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);

        await Eventually.TrueAsync(
            () => Task.FromResult(collector.Logs.Any(IsOfTheOrder) && collector.Spans.Any(IsOfTheRequest)), FaultScale.Patience, "the order's log and span were exported");
        var log = Assert.Single(collector.Logs, IsOfTheOrder);
        Assert.Equal(trace, log.TraceId);
        Assert.Equal(Assert.Single(collector.Spans, IsOfTheRequest).SpanId, log.SpanId);
        Assert.Equal("InvalidRequest", log.Attributes["Outcome"]);

        bool IsOfTheOrder(OtlpRecord record) =>
            record.Attributes.TryGetValue("Order", out var order) && order == "POST /v1/cluster/drain?host=nobody";

        bool IsOfTheRequest(OtlpRecord span) => span.TraceId == trace && span.Text == "POST /v1/cluster/drain";
    }
}
