using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using OpenTelemetry.Trace;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Telemetry;

/// <summary>One request is one trace, over the grain hop to the device and back.</summary>
public sealed class TracingTests
{
    [Fact]
    public async Task FirstClick_EveryStage_IsASpanOfTheRequestsTrace()
    {
        var spans = new ConcurrentBag<Activity>();
        await using var server = await VisionTestServer.StartAsync(builder => builder.Services.ConfigureOpenTelemetryTracerProvider(
            tracing => tracing.AddProcessor(new SpanCollector(spans))), "Vision:Devices:DecodedBudgetBytes=0");
        var id = await server.Http.UploadSampleAsync();
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/images/{id}/segment")
        {
            Content = new StringContent("""{"prompts":[{"points":[{"x":150,"y":200}]}]}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(trace.ToString(), response.Headers.GetValues("traceparent").Single());

        Assert.True(SpinWait.SpinUntil(() => spans.Any(s => s.TraceId == trace && s.Kind == ActivityKind.Server), TimeSpan.FromSeconds(60)));
        var own = spans.Where(span => span.TraceId == trace).ToArray();
        Assert.All(
            new[] { "decode", "preprocess", "queue", "inference", "postprocess" },
            stage => Assert.Contains(own, span => span.OperationName == stage));
        Assert.Contains(own, span => span.OperationName.Contains("IImageSessionGrain", StringComparison.Ordinal));
        var decoder = own.First(span => span.OperationName == "inference" && (string?)span.GetTagItem("vision.graph") == "starter-sam/maskDecoder");
        Assert.Equal(1, decoder.GetTagItem("vision.batch.size"));
    }
}
