using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using OpenTelemetry.Trace;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Telemetry;

/// <summary>Text to masks in one call: what gateway, grains, batcher and models do for it hangs together in the caller's trace.</summary>
[Collection(nameof(TelemetryAlone))]
public sealed class ComposedTraceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly string[] Graphs =
    [
        "starter-clip/textEncoder", "starter-regionclip/detector", "starter-regionclip/regionEncoder", "starter-sam/imageEncoder", "starter-sam/maskDecoder",
    ];

    private readonly ConcurrentQueue<Activity> _ended = new();

    [Fact]
    public async Task Segment_ByTextOnANewImage_IsOneTraceWithoutALooseEnd()
    {
        await using var server = await VisionTestServer.StartAsync(builder => builder.Services.ConfigureOpenTelemetryTracerProvider(
            tracing => tracing.AddProcessor(new SpanCollector(_ended))), "Vision:Devices:DecodedBudgetBytes=0");
        var id = await server.Http.UploadSampleAsync();
        _ended.Clear();
        var (trace, caller) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/images/{id}/segment")
        {
            Content = new StringContent("""{"prompts":[{"text":"pizza"},{"text":"dog face"}]}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("traceparent", $"00-{trace}-{caller}-01");
        using var answer = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        // The answer is there a moment before the spans around it end.
        Activity[] spans = [];
        SpinWait.SpinUntil(
            () =>
            {
                spans = [.. _ended.Where(span => span.TraceId == trace)];
                return spans.Any(span => span.Kind == ActivityKind.Server && span.ParentSpanId == caller) && Orphans(spans, caller).Length == 0;
            },
            Limit);

        var root = Assert.Single(spans, span => span.ParentSpanId == caller);
        Assert.Equal("POST /v1/images/{id}/segment", root.DisplayName);
        Assert.Empty(Orphans(spans, caller).Select(Describe));

        // Nothing that the cluster did for it is in another trace.
        Assert.Empty(_ended.Where(span => span.Source.Name == VisionTelemetry.Name && span.TraceId != trace).Select(Describe));

        var batches = spans.Where(span => span.OperationName == VisionTelemetry.BatchSpan).ToArray();
        Assert.Equal(Graphs, batches.Select(batch => (string)batch.GetTagItem(VisionTelemetry.Graph)!).Distinct().Order(StringComparer.Ordinal));
        Assert.All(batches, batch => Assert.Single(spans, span => span.OperationName == VisionTelemetry.DeviceSpan && span.ParentSpanId == batch.SpanId));
        Assert.All(batches, batch => Assert.All(batch.Links, link => Assert.Contains(spans, span => span.SpanId == link.Context.SpanId)));
        Assert.All(
            new[] { "IImageSessionGrain", "ITextEmbeddingGrain" },
            grain => Assert.Contains(spans, span => span.OperationName.Contains(grain, StringComparison.Ordinal)));
        Assert.All(
            new[] { "decode", "preprocess", "queue", "inference", "postprocess" },
            stage => Assert.Contains(spans, span => span.OperationName == stage));
    }

    /// <summary>Spans whose parent is none of them, nor the caller's.</summary>
    private static Activity[] Orphans(Activity[] spans, ActivitySpanId caller)
    {
        var ids = spans.Select(span => span.SpanId).Append(caller).ToHashSet();
        return [.. spans.Where(span => !ids.Contains(span.ParentSpanId))];
    }

    private static string Describe(Activity span) => $"{span.Source.Name}: {span.DisplayName} {span.GetTagItem(VisionTelemetry.Graph)}";
}
